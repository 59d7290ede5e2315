"""An image without a Dockerfile: made by Cloud Native Buildpacks, with the program `pack`.

`pack` is fetched in one version and compared with its checksum before it is run; the builder is
Heroku's, from Amazon's public registry. The layers of one build are kept for the next in a cache image.
"""

from __future__ import annotations

import hashlib
import io
import re
import tarfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.request import urlopen

from herogate.builder.docker_engine import Docker, Ended
from herogate.builder.docker_output import Step
from herogate.builder.docker_plan import Command
from herogate.builder.image import Image, Place, described
from herogate.builder.talk import Talk
from herogate.errors import BuildFailed

BUILDER = "public.ecr.aws/heroku/builder:24"
RUN_IMAGE = "public.ecr.aws/heroku/heroku:24"

_VERSION = "0.38.2"
_PLACE = f"https://github.com/buildpacks/pack/releases/download/v{_VERSION}/"
_PACKS = {
    "x86_64": (
        f"pack-v{_VERSION}-linux.tgz",
        "a00765572b7d464b1691d64fd264d9a807b066a7e7805db32b9918d9be16e228",
    ),
    "aarch64": (
        f"pack-v{_VERSION}-linux-arm64.tgz",
        "27bdf0d2f2f0ad4212f0f2277fa3a4970d86d5848ad3deb5bc658281de2b6b26",
    ),
}
_ARCHIVE_LIMIT_BYTES = 100 << 20
_TIMEOUT_SECONDS = 60
_PHASE = re.compile(r"===> (\w+)")
_LAYER = re.compile(r"(?P<reused>Reusing|Adding) (?:cache )?layer '(?P<name>[^']+)'")
_NOTHING_FITS = re.compile(r"No buildpack groups passed detection|failed to detect")

LOOKED_FOR = (
    "Dockerfile, or a file by which a buildpack knows an app (package.json, Gemfile, go.mod …)"
)


@dataclass(frozen=True, kw_only=True)
class Packing:
    """An image that buildpacks are to make.

    Attributes:
        image: where it is pushed.
        cache: where its layers are kept.
        buildpacks: in their order; none for those that find themselves.
    """

    place: Place
    image: str
    cache: str
    buildpacks: tuple[str, ...] = ()

    @property
    def command(self) -> Command:
        """What `pack` is asked; the builder is Heroku's, so it may see the registry's login."""
        chosen = [word for each in self.buildpacks for word in ("--buildpack", each)]
        return Command(
            argv=(
                *("pack", "build", self.image, "--path", ".", "--publish", "--trust-builder"),
                *("--builder", BUILDER, "--run-image", RUN_IMAGE, "--no-color"),
                *("--cache-image", self.cache, *chosen),
            )
        )


def build(packing: Packing, talk: Talk) -> Image:
    """Build and push an image.

    Raises:
        BuildFailed: says in a line what is wrong.
    """
    place = packing.place
    begun = time.monotonic()
    with TemporaryDirectory() as tools:
        _fetch_pack(Path(tools), place.machine)
        environment = {**place.environment, "PATH": f"{tools}:{place.environment.get('PATH', '')}"}
        docker = Docker(environment=environment, directory=place.directory)
        docker.login(packing.image.partition("/")[0], place.images.login().password)
        talk.step(f"Building with buildpacks ({BUILDER})")
        steps = _packed(docker, packing, talk)
    digest, settings = described(place, packing.image.rpartition(":")[2])
    return Image(  # noqa: S604 - the shell is one that the image has
        digest=digest,
        settings=settings,
        shell=True,
        builder="buildpacks",
        steps=steps,
        seconds={"build": time.monotonic() - begun},
    )


def _packed(docker: Docker, packing: Packing, talk: Talk) -> tuple[Step, ...]:
    said: list[str] = []
    try:
        for line in docker.lines(packing.command):
            said.append(line.rstrip())
            talk.detail(said[-1])
    except Ended as ended:
        if any(map(_NOTHING_FITS.search, said)):
            raise BuildFailed(
                f"Nothing says how to build this: there is neither a {LOOKED_FOR}.",
                "Add a Dockerfile, or name buildpacks: `herogate buildpacks:set heroku/python`.",
            ) from None
        phase = next((found[1] for line in reversed(said) if (found := _PHASE.search(line))), "")
        raise BuildFailed(
            f"Buildpacks could not build it: {phase.lower() or 'pack'} ended with {ended}."
        ) from None
    return layers(said)


def layers(said: Iterable[str]) -> tuple[Step, ...]:
    """The layers of the image, each a step: those that were reused, and those that were made."""
    found = {
        match["name"]: match["reused"] == "Reusing"
        for line in said
        if (match := _LAYER.search(line)) and "cache layer" not in line
    }
    return tuple(
        Step(
            number=number,
            of=len(found),
            instruction=name,
            is_cached=is_reused,
            is_done=not is_reused,
        )
        for number, (name, is_reused) in enumerate(found.items(), start=1)
    )


def _fetch_pack(tools: Path, machine: str) -> None:
    """Put `pack` into a directory. Raises `BuildFailed`: it is not there, or is another."""
    if machine not in _PACKS:
        raise BuildFailed(f"There are no buildpacks for machines of architecture {machine}.")
    name, checksum = _PACKS[machine]
    try:
        with urlopen(_PLACE + name, timeout=_TIMEOUT_SECONDS) as answer:  # noqa: S310 - https
            archive = answer.read(_ARCHIVE_LIMIT_BYTES)
    except (OSError, HTTPException) as error:
        raise BuildFailed(
            "There is no Dockerfile, and pack, which builds without one, cannot be fetched: "
            f"{getattr(error, 'reason', error)}.",
            f"Herogate looked for a {LOOKED_FOR}.",
        ) from error
    unpack(archive, checksum, tools)


def unpack(archive: bytes, checksum: str, tools: Path) -> None:
    """Unpack the program of an archive that has this checksum. Raises `BuildFailed` if it has not."""
    found = hashlib.sha256(archive).hexdigest()
    if found != checksum:
        raise BuildFailed(f"pack is not what it should be: its checksum is {found}.")
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as opened:
        program = opened.extractfile("pack")
        if program is None:
            raise BuildFailed("pack's archive does not hold it.")
        (tools / "pack").write_bytes(program.read())
    (tools / "pack").chmod(0o755)
