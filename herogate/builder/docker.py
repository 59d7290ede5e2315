"""An image of a Dockerfile: built with the cache that the registry has, pushed, and looked at."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from herogate.builder import context, docker_plan
from herogate.builder.docker_engine import Docker, Ended
from herogate.builder.docker_failures import explain
from herogate.builder.docker_output import BuildKitReader, ClassicReader, Reader, Step
from herogate.builder.docker_plan import Engine, Order
from herogate.builder.dockerfile import Stage, apart, chain_of_image, stages
from herogate.builder.image import Image, Place, described
from herogate.builder.talk import Talk
from herogate.errors import BuildFailed, HerogateError

_DOCKERFILE_LIMIT_BYTES = 1 << 20


def build(place: Place, order: Order, talk: Talk) -> Image:
    """Build an image, push it, and keep its cache.

    Raises:
        BuildFailed: says in a line what is wrong.
    """
    with TemporaryDirectory() as scratch:
        return _Build(place, order, talk, Path(scratch)).image()


class _Build:
    """One build."""

    def __init__(self, place: Place, order: Order, talk: Talk, scratch: Path) -> None:
        self._place = place
        self._talk = talk
        self._scratch = scratch
        self._docker = Docker(environment=place.environment, directory=place.directory)
        found = stages(_dockerfile(place, order))
        self._own = chain_of_image(found, order.target)
        self._chains = apart(found, order.target)
        tags = order.tags(self._own, self._chains)
        with ThreadPoolExecutor() as beside:
            cached = beside.submit(place.images.tagged, place.repository, tags)
            engine = beside.submit(self._docker.engine, order.registry, scratch)
            login = place.images.login()
            self._docker.login(order.registry, login.password)
            self._order = replace(order, cached=cached.result())
            self._engine = engine.result()
        self._seconds: dict[str, float] = {}

    def image(self) -> Image:
        self._talk.step(f"Building with {self._engine.full_name}")
        if complaint := context.measured(self._place.directory, self._order.dockerfile).complaint:
            self._talk.trouble(complaint)
            self._talk.trouble("Name in .dockerignore what the image does not need.")
        with self._timed("build"):
            steps = self._built()
        with ThreadPoolExecutor(max_workers=1) as beside:
            shell = beside.submit(self._has_shell)
            with self._timed("push"):
                if self._engine is not Engine.BUILDX:
                    push = docker_plan.push(self._order.image)
                    self._docker.run(push, "The image cannot be pushed")
                digest, settings = described(self._place, self._order.tag)
            with self._timed("cache"):
                self._keep(digest, steps)
            return Image(
                digest=digest,
                settings=settings,
                shell=shell.result(),
                builder=self._engine,
                steps=steps,
                seconds=self._seconds,
            )

    def _built(self) -> tuple[Step, ...]:
        for fetching in docker_plan.fetching(self._engine, self._order):
            self._docker.run(fetching, "The cache cannot be fetched")
        return self._read(docker_plan.build(self._engine, self._order))

    def _read(self, command: docker_plan.Command) -> tuple[Step, ...]:
        reader: Reader = ClassicReader() if self._engine is Engine.CLASSIC else BuildKitReader()
        try:
            for line in self._docker.lines(command):
                for told in reader.read(line):
                    self._talk.detail(told)
        except Ended:
            raise explain(reader.tail, reader.failed, machine=self._place.machine) from None
        return reader.steps

    def _has_shell(self) -> bool:
        (self._scratch / "shell").mkdir()
        dockerfile = self._scratch / "shell" / "Dockerfile"
        dockerfile.write_text(docker_plan.SHELL_DOCKERFILE, encoding="utf-8")
        asked = docker_plan.shell(self._engine, self._order.image, str(dockerfile.parent))
        return self._docker.has_shell(asked)

    def _keep(self, digest: str, steps: Sequence[Step]) -> None:
        """Write the cache for the next build; what goes wrong with it fails no build."""
        if self._engine is Engine.BUILDX:
            return
        try:
            self._keep_image(digest, steps)
            for chain in self._chains:
                is_kept = not self._order.cached.isdisjoint(self._order.stage_tags(chain))
                if docker_plan.is_worth_keeping(chain, steps, is_kept=is_kept):
                    self._keep_stage(chain, steps)
        except HerogateError as error:
            self._talk.trouble(f"The cache is not kept: {error.message}")

    def _keep_image(self, digest: str, steps: Sequence[Step]) -> None:
        first = docker_plan.first_run(self._own, steps)
        place = self._place
        image = place.images.image(place.repository, digest=digest)
        if first is None or image is None:
            return
        if docker_plan.is_worth_keeping(self._own, steps, is_kept=True):
            # By another digest, so that the cache stays when the image of an old release goes.
            image = replace(image, manifest=f"{image.manifest}\n")
        place.images.tag(place.repository, image, self._order.image_tag(first))

    def _keep_stage(self, chain: Sequence[Stage], steps: Sequence[Step]) -> None:
        first = docker_plan.first_run(chain, steps)
        if first is None:
            return
        tag = self._order.stage_tag(chain[0].name, first)
        failure = f"stage {chain[0].name}"
        build = docker_plan.build_stage(self._engine, self._order, chain[0], tag)
        self._docker.run(build, failure)
        self._docker.run(docker_plan.push(self._order.at(tag)), failure)

    @contextmanager
    def _timed(self, part: str) -> Iterator[None]:
        begun = time.monotonic()
        yield
        self._seconds[part] = time.monotonic() - begun


def _dockerfile(place: Place, order: Order) -> str:
    try:
        with (place.directory / order.dockerfile).open("rb") as file:
            return file.read(_DOCKERFILE_LIMIT_BYTES).decode(errors="replace")
    except OSError as error:
        raise BuildFailed(f"{order.dockerfile} cannot be read: {error.strerror}.") from error
