"""What docker makes of what was pushed: an image by its Dockerfile, else by buildpacks."""

from __future__ import annotations

import platform
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

from herogate.aws.ecr import ImageRepositories
from herogate.builder import buildpacks, docker
from herogate.builder.artifact import Built
from herogate.builder.buildpacks import Packing
from herogate.builder.docker_plan import Order
from herogate.builder.image import Image, Place
from herogate.builder.talk import Talk
from herogate.engine import app_manifest, procfile, pushed_file
from herogate.engine.app_manifest import AppManifest
from herogate.engine.app_source import (
    PROCFILE,
    declared_by,
    directory,
    of_buildpacks,
    process_types,
)
from herogate.errors import BuildFailed
from herogate.models import Slug

_DOCKERFILE = "Dockerfile"
_GIT = ".git"


@dataclass(frozen=True, kw_only=True)
class Push:
    """What was pushed, and where its image goes.

    Attributes:
        repository: the image repository, as docker writes it.
        repository_name: as ECR does.
        tag: of the image.
        cache: the tag of the cache.
        buildpacks: those that were set for the app; none for those that find themselves.
        by_buildpacks: build with them whatever the repository has.
    """

    source: Path
    environment: Mapping[str, str]
    repository: str
    repository_name: str
    tag: str
    cache: str
    images: ImageRepositories
    buildpacks: tuple[str, ...] = ()
    by_buildpacks: bool = False


def build(push: Push, talk: Talk) -> Built:
    """Build what was pushed. Raises `BuildFailed`."""
    begun = time.monotonic()
    manifest = app_manifest.read(push.source)
    types = process_types(push.source, manifest)
    place = _place(push, directory(push.source, manifest))
    with _without_git(push.source):
        dockerfile = _dockerfile(place.directory, manifest)
        if dockerfile is None or push.by_buildpacks:
            packing = _packing(push, manifest, place)
            image = buildpacks.build(packing, talk)
            types = types or of_buildpacks(image.settings)
        else:
            image = docker.build(place, _order(push, manifest, dockerfile), talk)
    _tell(image, types, declared_by(push.source, manifest) or "The buildpack", talk)
    if manifest.health_check_path:
        talk.detail(f"web is asked for {manifest.health_check_path} to see whether it lives")
    seconds = time.monotonic() - begun
    cached = f"{image.cached_steps} of {len(image.steps)} steps cached"
    talk.step(f"Built in {seconds:.1f} s, {cached}")
    talk.detail(", ".join(f"{part} {took:.1f} s" for part, took in image.seconds.items()))
    return Built(
        slug=_slug(image, types or {}, manifest),
        builder=image.builder,
        seconds={**image.seconds, "all": seconds},
        cached_steps=image.cached_steps,
        total_steps=len(image.steps),
    )


def _tell(image: Image, types: Mapping[str, str] | None, declared_by: str, talk: Talk) -> None:
    """Say what the image is and which processes it can run."""
    talk.step("Discovering process types")
    if types is None and not image.settings.has_command:
        raise BuildFailed(
            f"Nothing says what web runs: the image has no CMD, and there is no {PROCFILE}.",
            f"Add a {PROCFILE} with a line like `web: <command>`, or a CMD to the Dockerfile.",
        )
    if types is None:
        talk.detail(f"No {PROCFILE}: the image's own command is web")
    else:
        talk.detail(f"{declared_by} declares types -> {', '.join(types)}")
    if notice := image.settings.port_notice:
        talk.trouble(notice)
    talk.step(f"Image {image.digest[:19]} for {image.settings.architecture}")
    if image.settings.port:
        talk.detail(f"EXPOSEs port {image.settings.port}")
    if not image.shell:
        talk.detail("It has no shell: commands are split into words and run as they are")
        procfile.check_runnable(types or {}, shell=False)


def _slug(image: Image, types: Mapping[str, str], manifest: AppManifest) -> Slug:
    return Slug(
        image_digest=image.digest,
        architecture=image.settings.architecture,
        process_types=types,
        port=image.settings.port,
        shell=image.shell,
        launcher=image.settings.launcher,
        health_check_path=manifest.health_check_path,
    )


def _dockerfile(built: Path, manifest: AppManifest) -> str | None:
    """The Dockerfile to build by; None if there is none and none was asked for."""
    wanted = manifest.dockerfile or _DOCKERFILE
    file = built / wanted
    if not pushed_file.is_inside(built, file):
        raise BuildFailed(f"{wanted} is a link that leads out of what is built.")
    if file.is_file():
        return wanted
    if manifest.dockerfile is not None:
        raise BuildFailed(f"The repository has no {wanted}, which its manifest names.")
    return None


def _packing(push: Push, manifest: AppManifest, place: Place) -> Packing:
    return Packing(
        place=place,
        image=f"{push.repository}:{push.tag}",
        cache=f"{push.repository}:{push.cache}-buildpacks",
        buildpacks=push.buildpacks or manifest.buildpacks,
    )


def _place(push: Push, built: Path) -> Place:
    return Place(
        directory=built,
        environment=push.environment,
        images=push.images,
        repository=push.repository_name,
        machine=platform.machine(),
    )


def _order(push: Push, manifest: AppManifest, dockerfile: str) -> Order:
    return Order(
        repository=push.repository,
        tag=push.tag,
        cache=push.cache,
        dockerfile=dockerfile,
        target=manifest.target,
        arguments=manifest.build_args,
        environment=frozenset(push.environment),
    )


@contextmanager
def _without_git(source: Path) -> Iterator[None]:
    """Have git's own files elsewhere: each push changes them, and no image is to have them."""
    git = source / _GIT
    if not git.exists():
        yield
        return
    aside = Path(mkdtemp(dir=source.parent)) / _GIT
    git.rename(aside)
    try:
        yield
    finally:
        aside.rename(git)
        aside.parent.rmdir()
