"""Images for the process runtime: the source and its environment, on top of the host itself.

Such an image holds ``/app`` and no operating system; an annotation says so. Environments are layers of
their own, kept under the cache's tag with the key of what they depend on: a second build reuses them.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from herogate.builder import layers, python
from herogate.builder.languages import NOT_OF_THE_APP, Language, Workplace
from herogate.builder.layers import Layer
from herogate.builder.node import PACKAGE, Node
from herogate.builder.python import Python
from herogate.builder.registry import IMAGE, Registry
from herogate.builder.requirements import REQUIREMENTS
from herogate.builder.talk import Talk
from herogate.engine.app_manifest import AppManifest
from herogate.engine.app_source import PROCFILE
from herogate.errors import BuildFailed

DOCKERFILE = "Dockerfile"

CACHE_TAG = "cache"

_BASE = {"dev.herogate.base": "host"}
"""The annotation that says what lies under the image's layers."""

_KEY = "dev.herogate.key"
_CONFIG = "application/vnd.oci.image.config.v1+json"
_CACHED_LAYERS = 6
_PATH = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")
_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}

_INSTEAD = (
    "Use the docker runtime for it, or take it out: the process runtime builds from "
    f"{REQUIREMENTS}, {PACKAGE} or a {PROCFILE} alone."
)

_OF_OTHER_LANGUAGES = (
    *(
        "Gemfile",
        "go.mod",
        "pom.xml",
        "build.gradle",
        "build.gradle.kts",
        "build.sbt",
        "project.clj",
    ),
    *("composer.json", "mix.exs", "Cargo.toml"),
)
"""What says which packages an app needs, where a buildpack would install them."""

Descriptor = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Pushed:
    """An image in the registry."""

    digest: str
    cached_layers: int
    layers: int


def check(manifest: AppManifest) -> None:
    """Raises `BuildFailed`: the manifest asks for what takes docker."""
    if manifest.dockerfile or manifest.target or manifest.build_args:
        raise BuildFailed(
            f"The manifest speaks of a {DOCKERFILE}, and the process runtime builds none.",
            _INSTEAD,
        )


def languages(at: Workplace, talk: Talk, *, is_declared: bool) -> list[Language]:
    """What the source is written in.

    Args:
        is_declared: whether a file says what runs.

    Raises:
        BuildFailed: it needs what the host base has not, or nothing says what it is.
    """
    if (at.source / DOCKERFILE).exists():
        raise BuildFailed(
            f"There is a {DOCKERFILE}, and the process runtime builds no Dockerfile.",
            _INSTEAD,
        )
    found: list[Language] = []
    if Node.is_in(at.source):
        found.append(Node(at))
    if Python.is_in(at.source):
        found.append(Python(at))
    if not found:
        _check_plain(at.source, is_declared=is_declared)
        _complain(at.source, talk)
    return found


def build(
    at: Workplace, found: Sequence[Language], registry: Registry, tag: str, talk: Talk
) -> Pushed:
    """Make the image of the source and push it. Raises `BuildFailed`."""
    keys = {language.name: key for language in found if (key := language.key()) is not None}
    cached = _cached(registry)
    installed: dict[str, Descriptor] = {}
    reused: dict[str, Descriptor] = {}
    for language in found:
        key = keys.get(language.name)
        if key in cached:
            talk.step(f"Using the {language.name} environment of an earlier build")
            reused[key] = cached[key]
        elif key is not None:
            installed[key] = _installed(at, language, key, registry, talk)
        if key is not None and language.completes_source:
            _complete_source(at, language, {**installed, **reused}[key], registry, talk)
    source = _source(at, found, keys, registry)
    content = [*installed.values(), *reused.values(), source]
    digest = registry.put_manifest(_manifest(registry, found, content), tag)
    _keep(registry, {**installed, **reused, **cached})
    return Pushed(digest=digest, cached_layers=len(reused), layers=len(content))


def _check_plain(source: Path, *, is_declared: bool) -> None:
    if other := python.other_requirements(source):
        raise BuildFailed(
            f"There is {other} and no {REQUIREMENTS}, from which Python apps are built.",
            "Write one: `uv export`, `poetry export` or `pip freeze` does.",
        )
    if not is_declared:
        looked_for = (DOCKERFILE, REQUIREMENTS, PACKAGE, PROCFILE)
        raise BuildFailed(
            "Nothing says how this app is built.",
            f"These were looked for at the top of the repository: {', '.join(looked_for)}.",
        )


def _complain(source: Path, talk: Talk) -> None:
    for name in _OF_OTHER_LANGUAGES:
        if (source / name).is_file():
            talk.trouble(
                f"{name} is not read: packages are installed for Python and Node.js alone."
            )


def _installed(
    at: Workplace, language: Language, key: str, registry: Registry, talk: Talk
) -> Descriptor:
    layer = layers.write(language.install(talk), at.scratch / f"{key}.tar")
    registry.push_file(layer)
    return {**_descriptor(layer), "annotations": {_KEY: key}}


def _complete_source(
    at: Workplace, language: Language, environment: Descriptor, registry: Registry, talk: Talk
) -> None:
    file, root = at.scratch / "environment.tar", at.scratch / "environment"
    registry.pull(environment["digest"], file)
    layers.unpack(file, root)
    language.complete_source(root, talk)


def _source(
    at: Workplace, found: Sequence[Language], keys: Mapping[str, str], registry: Registry
) -> Descriptor:
    elsewhere = set(NOT_OF_THE_APP)
    elsewhere.update(*(language.own_directories for language in found if language.name in keys))
    entries = layers.tree(at.source, "app", without=elsewhere)
    layer = layers.write(entries, at.scratch / "source.tar")
    registry.push_file(layer)
    return _descriptor(layer)


def _descriptor(layer: Layer) -> Descriptor:
    return {"mediaType": layers.MEDIA_TYPE, "digest": layer.digest, "size": layer.size}


def _manifest(
    registry: Registry, found: Sequence[Language], content: Sequence[Descriptor]
) -> dict[str, Any]:
    paths = [path for language in found for path in language.paths]
    variables = {"PATH": ":".join((*paths, *_PATH))}
    for language in found:
        variables.update(language.variables)
    machine = platform.machine()
    config = {
        "architecture": _ARCHITECTURES.get(machine, machine),
        "os": "linux",
        "config": {
            "Env": [f"{name}={value}" for name, value in variables.items()],
            "WorkingDir": "/app",
        },
        "rootfs": {"type": "layers", "diff_ids": [layer["digest"] for layer in content]},
    }
    return _image(registry, config, content)


def _image(
    registry: Registry, config: Mapping[str, Any], content: Sequence[Descriptor]
) -> dict[str, Any]:
    text = json.dumps(config, separators=(",", ":")).encode()
    digest = registry.push_bytes(text)
    return {
        "schemaVersion": 2,
        "mediaType": IMAGE,
        "config": {"mediaType": _CONFIG, "digest": digest, "size": len(text)},
        "layers": list(content),
        "annotations": _BASE,
    }


def _cached(registry: Registry) -> dict[str, Descriptor]:
    """The environments of earlier builds that the registry still has, by key, latest first."""
    manifest = registry.manifest(CACHE_TAG) or {}
    if manifest.get("annotations") != _BASE:
        return {}
    return {
        layer["annotations"][_KEY]: layer
        for layer in manifest["layers"]
        if registry.has(layer["digest"])
    }


def _keep(registry: Registry, environments: Mapping[str, Descriptor]) -> None:
    kept = list(environments.values())[:_CACHED_LAYERS]
    if kept:
        registry.put_manifest(_image(registry, {}, kept), CACHE_TAG)
