"""The commands by which docker builds an image, its cache kept in the image's repository. Pure.

Every build machine is new, so the cache is what the registry has:

- buildx: one cache of all steps of all stages under the cache tag, written by BuildKit itself. It runs
  in a container of its own, since the one inside docker cannot write such a cache.
- BuildKit without buildx: each image says in itself which steps made its layers. That holds the steps
  of its own stages only, so what other stages install is kept under tags of theirs. And of steps that
  were cached it may hold none (BuildKit forgets the last of them), so an image is kept under the number
  of its first step that was run: together the tags have every step as it was run last. BuildKit fetches
  the layers that it needs, and no more.
- the classic builder: the same images, fetched whole beforehand.

A tag that is not there is not asked for: docker would complain of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from herogate.builder.docker_output import Step
from herogate.builder.dockerfile import Stage

BUILDKIT = (
    "moby/buildkit:v0.33.1@sha256:cec9f139f45e93c5c69c60f8b07cfad9f43f4ef6b6a6cd917527fea5ff2e3dea"
)
"""The BuildKit of buildx, by its digest: it runs with all rights, and sees the registry's login.

It is what BuildKit's channel ``buildx-stable-1`` named in October 2026, for all architectures. A newer
one is put here, and nowhere else.
"""

_BUILDKIT_HOSTS = ("mirror.gcr.io", "docker.io")
"""Where it is fetched, in this order: the Hub refuses many unnamed pulls from CodeBuild, its mirror at
Google does not; Amazon's public registry has no version of it. Its digest says that it is the same."""

_MIRROR = "public.ecr.aws/docker"
"""Has Docker Hub's official images; the Hub refuses unnamed pulls from CodeBuild."""

_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy")
"""Arguments that every Dockerfile knows, and that are in no cache's key."""


class Engine(StrEnum):
    """How docker can build."""

    BUILDX = "buildx"
    BUILDKIT = "buildkit"
    CLASSIC = "classic"

    @property
    def full_name(self) -> str:
        """As people call it."""
        return _NAMES[self]


def choose(*, client: str, server: str) -> Engine:
    """How a docker without buildx can build, by the versions of its two halves."""
    kit = _major(server) >= _FIRST_WITH_BUILDKIT and (
        _FIRST_WITH_BUILDKIT <= _major(client) < _FIRST_TO_NEED_BUILDX
    )
    return Engine.BUILDKIT if kit else Engine.CLASSIC


_FIRST_WITH_BUILDKIT = 19
_FIRST_TO_NEED_BUILDX = 23
"""The first client that has BuildKit by its plug-in alone."""


def _major(version: str) -> int:
    number = version.partition(".")[0]
    return int(number) if number.isdecimal() else 0


_NAMES = {
    Engine.BUILDX: "BuildKit (buildx)",
    Engine.BUILDKIT: "BuildKit",
    Engine.CLASSIC: "docker's classic builder",
}


@dataclass(frozen=True, kw_only=True)
class Order:
    """An image that is to be built.

    Attributes:
        repository: where it is pushed, without tag.
        cache: a tag there, and what all tags of caches begin with.
        cached: the cache tags that are there.
        dockerfile: relative to the directory that is built.
        target: a stage; None for the last one.
        environment: the names of variables that the build machine has.
    """

    repository: str
    tag: str
    cache: str
    cached: frozenset[str] = frozenset()
    dockerfile: str = "Dockerfile"
    target: str | None = None
    arguments: Mapping[str, str] = field(default_factory=dict)
    environment: frozenset[str] = frozenset()

    @property
    def image(self) -> str:
        """Where the image is pushed."""
        return self.at(self.tag)

    @property
    def registry(self) -> str:
        """Host and port of its registry."""
        return self.repository.partition("/")[0]

    def at(self, tag: str) -> str:
        """A tag of its repository."""
        return f"{self.repository}:{tag}"

    def stage_tag(self, stage: str, first: int) -> str:
        """The cache tag of a stage whose first step that was run has this number."""
        return f"{self.cache}-{stage}-{first}"

    def image_tag(self, first: int) -> str:
        """The cache tag of an image whose first step that was run has this number."""
        return f"{self.cache}-{first}"

    def stage_tags(self, chain: Sequence[Stage]) -> list[str]:
        """All cache tags that a stage may have."""
        return [self.stage_tag(chain[0].name, number) for number in _numbers(chain)]

    def tags(self, own: Sequence[Stage], chains: Sequence[Sequence[Stage]]) -> list[str]:
        """All cache tags that the image and the stages it is built with may have."""
        of_image = [self.cache, *map(self.image_tag, _numbers(own))]
        return of_image + [tag for chain in chains for tag in self.stage_tags(chain)]


def _numbers(chain: Sequence[Stage]) -> range:
    return range(1, sum(stage.steps for stage in chain) + 1)


@dataclass(frozen=True, kw_only=True)
class Command:
    """One call of docker.

    Attributes:
        variables: besides the build's environment.
    """

    argv: tuple[str, ...]
    variables: Mapping[str, str] = field(default_factory=dict)


def builders(registry: str, settings: str) -> list[Command]:
    """Start the BuildKit of a buildx build: the first of these that succeeds.

    Args:
        registry: host and port of the image's registry.
        settings: the file with `buildkit_settings`.
    """
    # The loopback of the machine itself, as docker sees it.
    network = ["--driver-opt", "network=host"] if _is_loopback(registry) else []
    return [
        Command(
            argv=(
                *("docker", "buildx", "create", "--use", "--bootstrap"),
                *("--driver", "docker-container", "--driver-opt", f"image={host}/{BUILDKIT}"),
                *(*network, "--buildkitd-config", settings),
            )
        )
        for host in _BUILDKIT_HOSTS
    ]


def buildkit_settings(registry: str) -> str:
    """What the BuildKit of a buildx build is told, as TOML."""
    told = f'[registry."docker.io"]\n  mirrors = ["{_MIRROR}"]\n'
    if _is_loopback(registry):
        told += f'[registry."{registry}"]\n  http = true\n'
    return told


def fetching(engine: Engine, order: Order) -> list[Command]:
    """What is fetched before a build: only the classic builder does not do that itself."""
    if engine is not Engine.CLASSIC:
        return []
    return [Command(argv=("docker", "pull", "--quiet", image)) for image in _known(order)]


def build(engine: Engine, order: Order) -> Command:
    """Build the image; with buildx, push it too."""
    match engine:
        case Engine.BUILDX:
            return Command(
                argv=(
                    *("docker", "buildx", "build", "--progress", "plain"),
                    *_what(order, order.target),
                    *_registry_cache(order),
                    *("--provenance=false", "--output"),
                    f"type=image,name={order.image},push=true,{_ZSTD}",
                    ".",
                )
            )
        case Engine.BUILDKIT | Engine.CLASSIC:
            return _plain(engine, order, order.target, order.image, _known(order))


_ZSTD = "oci-mediatypes=true,compression=zstd,compression-level=3"


def build_stage(engine: Engine, order: Order, stage: Stage, tag: str) -> Command:
    """Name a stage of an image that was just built: all its layers are on the machine."""
    return _plain(engine, order, stage.target, order.at(tag), ())


def first_run(chain: Sequence[Stage], steps: Sequence[Step]) -> int | None:
    """The number of the first step of a chain of stages that was run; None if none was."""
    own = _steps_of(chain, steps)
    ran = (place for place, step in enumerate(own, start=1) if step.is_done)
    return min(next(ran, 0), _numbers(chain).stop - 1) or None


def is_worth_keeping(chain: Sequence[Stage], steps: Sequence[Step], *, is_kept: bool) -> bool:
    """Whether a stage's cache is to be written anew.

    It is when something before the last copy of sources was run. What comes after that changes with
    every push; should nothing have changed, the image's own cache has it. So a push that changes
    sources only loses no time with it.

    Args:
        chain: the stage, and those it builds on.
        is_kept: whether there is a cache of the stage already.
    """
    own = _steps_of(chain, steps)
    if not is_kept:
        return any(step.is_done for step in own)
    copies = [place for place, step in enumerate(own) if step.takes_sources]
    return any(step.is_done for step in own[: copies[-1] if copies else None])


def _steps_of(chain: Sequence[Stage], steps: Sequence[Step]) -> list[Step]:
    """The steps of a chain of stages in their order; where there is but one stage, it has no name."""
    order = {stage.name: place for place, stage in enumerate(reversed(chain))}
    return sorted(
        (step for step in steps if not step.stage or step.stage in order),
        key=lambda step: (order.get(step.stage, 0), step.number),
    )


def push(image: str) -> Command:
    """Push what was built."""
    return Command(argv=("docker", "push", image))


def shell(engine: Engine, image: str, scratch: str) -> Command:
    """Run the image's own /bin/sh for nothing: who has made the image has its files at hand.

    Args:
        scratch: a directory with nothing but `SHELL_DOCKERFILE`, for a build.
    """
    if engine is Engine.BUILDX:
        return Command(
            argv=(
                *("docker", "buildx", "build", "--progress", "plain"),
                *("--build-arg", f"IMAGE={image}", scratch),
            )
        )
    return Command(
        argv=(
            *("docker", "run", "--rm", "--network", "none", "--user", "0"),
            *("--entrypoint", "/bin/sh", image, "-c", ":"),
        )
    )


SHELL_DOCKERFILE = 'ARG IMAGE\nFROM ${IMAGE}\nUSER 0\nRUN ["/bin/sh", "-c", ":"]\n'


def _registry_cache(order: Order) -> list[str]:
    place = f"type=registry,ref={order.at(order.cache)}"
    to = f"{place},mode=max,image-manifest=true,oci-mediatypes=true,compression=zstd"
    to += ",ignore-error=true"  # an image without a cache is better than none
    known = ["--cache-from", place] if order.cache in order.cached else []
    return [*known, "--cache-to", to]


def _plain(
    engine: Engine, order: Order, target: str | None, image: str, known: Sequence[str]
) -> Command:
    kit = engine is Engine.BUILDKIT
    options = ["--progress", "plain", "--build-arg", "BUILDKIT_INLINE_CACHE=1"] if kit else []
    for each in known:
        options += ["--cache-from", each]
    return Command(
        argv=("docker", "build", *options, *_what(order, target), "--tag", image, "."),
        # Where there is buildx after all, its builder inside docker.
        variables={"DOCKER_BUILDKIT": "1", "BUILDX_BUILDER": "default"}
        if kit
        else {"DOCKER_BUILDKIT": "0"},
    )


def _what(order: Order, target: str | None) -> list[str]:
    told = [] if target is None else ["--target", target]
    for name in _PROXIES:
        if name in order.environment:
            told += ["--build-arg", name]
    for name, value in order.arguments.items():
        told += ["--build-arg", f"{name}={value}"]
    return [*told, "--file", order.dockerfile]


def _known(order: Order) -> list[str]:
    """The images that a cache is in; what buildx has written is none that other builders can read."""
    return [order.at(tag) for tag in sorted(order.cached - {order.cache})]


def _is_loopback(registry: str) -> bool:
    return registry.startswith(("127.", "localhost:", "[::1]"))
