"""The steps that buildspecs name: what each takes from its environment, and whom it asks.

``host-base`` builds an image for the process runtime; ``docker`` and ``buildpacks`` build one with
docker, and take ``--cache-from <image>``; ``release`` and ``settle`` are the engine's. What a step needs
is imported when it is taken: a build waits for it.
"""

from __future__ import annotations

import platform
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from herogate.builder import artifact
from herogate.builder.artifact import Built
from herogate.builder.talk import Talk
from herogate.engine import app_manifest
from herogate.engine.app_manifest import AppManifest
from herogate.engine.app_source import PROCFILE, declared_by, directory, process_types
from herogate.errors import BuildFailed, InvalidRequest
from herogate.models import Architecture, Slug

if TYPE_CHECKING:
    from herogate.builder.languages import Language
    from herogate.builder.registry import Registry
    from herogate.engine.platform import Platform

Environment = Mapping[str, str]

ARTIFACT = ".herogate"
"""The directory beside the source that the build project hands over."""

_MACHINES = {"x86_64": Architecture.X86_64, "aarch64": Architecture.ARM64}


def take(arguments: list[str], environment: Environment, talk: Talk) -> None:
    """Take the step that the arguments name. Raises `HerogateError`."""
    name, *rest = arguments or [""]
    if name not in _STEPS:
        raise InvalidRequest(f"There is no step {name!r}; there are: {', '.join(_STEPS)}.")
    _STEPS[name](rest, environment, talk)


def _host_base(_: list[str], environment: Environment, talk: Talk) -> None:
    from herogate.builder import host_base
    from herogate.builder.languages import Workplace

    seconds: dict[str, float] = {}
    source = Path(_told(environment, "CODEBUILD_SRC_DIR"))
    artifact.check_place(source / ARTIFACT)
    with TemporaryDirectory() as scratch, _timed(seconds, "all"):
        manifest = app_manifest.read(source)
        host_base.check(manifest)
        built_of = directory(source, manifest)
        at = Workplace(source=built_of, scratch=Path(scratch), environment=dict(environment))
        talk.step("Building on the Herogate host base")
        found = host_base.languages(at, talk, is_declared=declared_by(source, manifest) is not None)
        for language in found:
            talk.step(f"{language.name} app detected")
        types, found_in = _process_types(source, manifest, found)
        with _timed(seconds, "image"):
            pushed = host_base.build(at, found, _registry(environment), _tag(environment), talk)
        talk.step("Discovering process types")
        talk.detail(found_in)
        if manifest.health_check_path:
            talk.detail(f"web is asked for {manifest.health_check_path} to see whether it lives")
    slug = Slug(
        image_digest=pushed.digest,
        architecture=_machine(),
        process_types=types,
        health_check_path=manifest.health_check_path,
    )
    built = Built(
        slug=slug,
        builder="host-base",
        seconds=seconds,
        cached_steps=pushed.cached_layers,
        total_steps=pushed.layers,
    )
    artifact.write(built, source / ARTIFACT)
    cached = f"{pushed.cached_layers} of {pushed.layers} layers cached"
    talk.step(f"Built in {seconds['all']:.1f} s, {cached}")


def _docker(rest: list[str], environment: Environment, talk: Talk) -> None:
    _build(rest, environment, talk, by_buildpacks=False)


def _buildpacks(rest: list[str], environment: Environment, talk: Talk) -> None:
    _build(rest, environment, talk, by_buildpacks=True)


def _build(rest: list[str], environment: Environment, talk: Talk, *, by_buildpacks: bool) -> None:
    from herogate.aws.ecr import ImageRepositories
    from herogate.aws.session import Session
    from herogate.builder import app_build
    from stacks import names

    repository = _told(environment, "HEROGATE_IMAGE_REPOSITORY")
    source = Path(_told(environment, "CODEBUILD_SRC_DIR"))
    artifact.check_place(source / ARTIFACT)
    push = app_build.Push(
        source=source,
        environment=dict(environment),
        repository=repository,
        repository_name=names.image_repository(_told(environment, "HEROGATE_APP")),
        tag=_tag(environment),
        cache=_cache_tag(rest, repository),
        images=ImageRepositories(Session()),
        buildpacks=tuple(environment.get("HEROGATE_BUILDPACKS", "").split()),
        by_buildpacks=by_buildpacks,
    )
    artifact.write(app_build.build(push, talk), source / ARTIFACT)


def _cache_tag(rest: list[str], repository: str) -> str:
    """The tag of ``--cache-from <image>``, which is in the image's own repository."""
    match rest:
        case ["--cache-from", image] if image.startswith(f"{repository}:"):
            return image.removeprefix(f"{repository}:")
        case _:
            raise InvalidRequest(f"A build takes --cache-from {repository}:<tag>.")


def _release(_: list[str], environment: Environment, talk: Talk) -> None:
    from herogate.engine import build_artifact, deployment

    handed_over = build_artifact.handed_over(Path(_told(environment, "CODEBUILD_SRC_DIR")))
    app, commit = _told(environment, "HEROGATE_APP"), _told(environment, "HEROGATE_COMMIT")
    deployment.release(_platform(app, environment), app, commit, handed_over, talk.line)


def _settle(_: list[str], environment: Environment, talk: Talk) -> None:
    from herogate.engine import deployment

    app = _told(environment, "HEROGATE_APP")
    deployment.settle(_platform(app, environment), app, talk.line)


def _platform(app: str, environment: Environment) -> Platform:
    """The platform as the release role may see it: of stacks the app's own, by its id."""
    from herogate.engine.platform import Platform

    return Platform(for_one_command=True, stack_ids={app: _told(environment, "HEROGATE_STACK")})


_STEPS: Mapping[str, Callable[[list[str], Environment, Talk], None]] = {
    "host-base": _host_base,
    "docker": _docker,
    "buildpacks": _buildpacks,
    "release": _release,
    "settle": _settle,
}


def _process_types(
    source: Path, manifest: AppManifest, found: list[Language]
) -> tuple[dict[str, str], str]:
    """The process types, and how they were found out."""
    types = process_types(source, manifest)
    if types is not None:
        return types, f"{declared_by(source, manifest)} declares types -> {', '.join(types)}"
    defaults = (language.default_web for language in found)
    web = next((command for command in defaults if command is not None), None)
    if web is None:
        raise BuildFailed(
            f"There is no {PROCFILE}, and nothing else says what runs.",
            f"Write one at the top of the repository: a line `web: <command>` in {PROCFILE}.",
        )
    return {"web": web}, f"No {PROCFILE}: web runs {web}"


def _registry(environment: Environment) -> Registry:
    from herogate.aws.ecr import ImageRepositories
    from herogate.aws.session import Session
    from herogate.builder.registry import Registry

    login = ImageRepositories(Session()).login()
    _, _, name = _told(environment, "HEROGATE_IMAGE_REPOSITORY").partition("/")
    return Registry(address=login.registry, repository=name, token=login.password)


def _tag(environment: Environment) -> str:
    number = _told(environment, "CODEBUILD_BUILD_NUMBER")
    return f"{_told(environment, 'HEROGATE_COMMIT')}-{number}"


def _machine() -> Architecture:
    machine = platform.machine()
    if machine not in _MACHINES:
        raise BuildFailed(f"Nothing runs on a machine of architecture {machine}.")
    return _MACHINES[machine]


def _told(environment: Environment, name: str) -> str:
    value = environment.get(name)
    if not value:
        raise InvalidRequest(f"{name} is not set: this runs in Herogate's CodeBuild projects.")
    return value


@contextmanager
def _timed(seconds: dict[str, float], part: str) -> Iterator[None]:
    begun = time.monotonic()
    yield
    seconds[part] = time.monotonic() - begun
