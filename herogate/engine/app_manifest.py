"""What a repository says of its own build beside Dockerfile and Procfile: its manifest.

It stands in ``app.json`` or ``heroku.yml``. Of Heroku's ``app.json`` the field ``buildpacks`` is read,
and an object of Herogate's own::

    {
      "buildpacks": [{"url": "heroku/python"}],
      "herogate": {
        "directory": "api",
        "dockerfile": "Dockerfile.production",
        "target": "runtime",
        "build_args": {"RAILS_ENV": "production"},
        "health_check_path": "/up"
      }
    }

Of Heroku's ``heroku.yml`` the sections ``build`` (one Dockerfile, whose directory is built as on Heroku,
its target, its arguments), ``release`` and ``run`` with commands. What they say of one thing twice is
refused. Both files were pushed by somebody: they are bounded before they are read, and what is not
understood is refused by name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Any

from herogate.engine import pushed_file
from herogate.errors import BuildFailed
from stacks.app_options import HEALTH_CHECK_PATH

APP_JSON = "app.json"
HEROKU_YML = "heroku.yml"

_OWN = "herogate"
_TOP = "."
_DEPTH_LIMIT = 8
_ARGUMENTS_LIMIT = 100
_PATH_BYTES = 1024
_NAME_BYTES = 255
_ARGUMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}")
_STAGE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")
_BUILDPACK = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/:@+-]{0,299}")


@dataclass(frozen=True, kw_only=True)
class AppManifest:
    """What a repository says of its build.

    Attributes:
        directory: what is built, below the repository's top.
        dockerfile: below that directory; None for ``Dockerfile``, if there is one.
        target: the stage that is the image; None for the last one.
        build_args: by name.
        buildpacks: in their order; none for those that find themselves.
        process_types: of ``heroku.yml``.
        health_check_path: what the load balancer asks a web process for; None for the app's own.
    """

    directory: str = _TOP
    dockerfile: str | None = None
    target: str | None = None
    build_args: Mapping[str, str] = field(default_factory=dict)
    buildpacks: tuple[str, ...] = ()
    process_types: Mapping[str, str] = field(default_factory=dict)
    health_check_path: str | None = None


def read(source: Path) -> AppManifest:
    """What the files at the top of a repository say; nothing, if there are none.

    Raises:
        BuildFailed: one of them cannot be read or says what cannot be.
    """
    manifest = AppManifest()
    if (text := pushed_file.text(source, APP_JSON)) is not None:
        manifest = from_app_json(text)
    if (text := pushed_file.text(source, HEROKU_YML)) is not None:
        manifest = _joined(manifest, from_heroku_yml(text))
    return manifest


def from_app_json(text: str) -> AppManifest:
    """What an ``app.json`` says. Raises `BuildFailed`."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise BuildFailed(f"{APP_JSON} is not JSON.") from None
    told = _Told(APP_JSON, document)
    own = _Told(f'{APP_JSON}\'s "{_OWN}"', told.values.get(_OWN, {}))
    own.check("directory", "dockerfile", "target", "build_args", "health_check_path")
    return AppManifest(
        directory=own.path("directory") or _TOP,
        dockerfile=own.path("dockerfile"),
        target=own.match("target", _STAGE),
        build_args=_arguments(own, "build_args"),
        buildpacks=_buildpacks(told.values.get("buildpacks", [])),
        health_check_path=own.match("health_check_path", HEALTH_CHECK_PATH),
    )


def from_heroku_yml(text: str) -> AppManifest:
    """What a ``heroku.yml`` says. Raises `BuildFailed`."""
    told = _Told(HEROKU_YML, _yaml(text))
    told.check("setup", "build", "release", "run")
    build = _Told(f"{HEROKU_YML}'s build", told.values.get("build") or {})
    build.check("docker", "config")
    docker = _Told(f"{HEROKU_YML}'s build.docker", build.values.get("docker") or {})
    types = dict(_commands(told))
    if not docker.values:
        return AppManifest(build_args=_arguments(build, "config"), process_types=types)
    dockerfile, target = _one_image(docker)
    place = PurePosixPath(dockerfile or "Dockerfile")
    return AppManifest(
        directory=str(place.parent),
        dockerfile=place.name,
        target=target,
        build_args=_arguments(build, "config"),
        process_types=types,
    )


def _one_image(docker: _Told) -> tuple[str | None, str | None]:
    """Dockerfile and target, which all process types share."""
    images = set()
    for name, value in docker.values.items():
        given = {"dockerfile": value} if isinstance(value, str) else value
        one = _Told(f"{docker.where}.{name}", given)
        one.check("dockerfile", "target")
        images.add((one.path("dockerfile"), one.match("target", _STAGE)))
    if len(images) > 1:
        raise BuildFailed(
            f"{docker.where} names several images; an app has one.",
            "Build one image for all process types, and give each its command in the Procfile.",
        )
    return images.pop()


def _commands(told: _Told) -> Mapping[str, str]:
    run = _Told(f"{HEROKU_YML}'s run", told.values.get("run") or {})
    types = {name: _command(f"{run.where}.{name}", value) for name, value in run.values.items()}
    if (release := told.values.get("release")) is not None:
        types["release"] = _command(f"{HEROKU_YML}'s release", release)
    return types


def _command(where: str, value: object) -> str:
    if isinstance(value, dict):
        told = _Told(where, value)
        told.check("command", "image")
        value = told.values.get("command")
    if isinstance(value, list) and all(isinstance(line, str) for line in value) and value:
        value = " && ".join(value)
    if not isinstance(value, str) or not value.strip():
        raise BuildFailed(f"{where} is no command.")
    return value.strip()


def _buildpacks(value: object) -> tuple[str, ...]:
    named = [each.get("url") if isinstance(each, dict) else each for each in _list(value)]
    for each in named:
        if not isinstance(each, str) or not _BUILDPACK.fullmatch(each):
            raise BuildFailed(f"{APP_JSON}'s buildpacks has one that is none: {each!r:.80}.")
    return tuple(str(each) for each in named)


def _list(value: object) -> list[Any]:
    if not isinstance(value, list) or len(value) > _ARGUMENTS_LIMIT:
        raise BuildFailed(f"{APP_JSON}'s buildpacks is not a list.")
    return value


def _arguments(told: _Told, name: str) -> Mapping[str, str]:
    given = _Told(f"{told.where}.{name}", told.values.get(name) or {}).values
    for key, value in given.items():
        if not _ARGUMENT.fullmatch(key) or not _is_plain(value):
            raise BuildFailed(f"{told.where}.{name} has {key!r:.80}, which is no build argument.")
    if len(given) > _ARGUMENTS_LIMIT:
        raise BuildFailed(f"{told.where}.{name} has more than {_ARGUMENTS_LIMIT} arguments.")
    return {key: _plain(value) for key, value in given.items()}


def _is_plain(value: object) -> bool:
    """Whether a program can be given it: neither a NUL nor half of a character is in it."""
    if isinstance(value, str):
        return "\0" not in value and not any("\ud800" <= each <= "\udfff" for each in value)
    return isinstance(value, int | float)


def _is_path(value: str) -> bool:
    """Whether a system takes it: there is a limit to all of it, and to each name in it."""
    if not value or not _is_plain(value):
        return False
    name_bytes = max(map(len, value.encode().split(b"/")))
    return len(value.encode()) <= _PATH_BYTES and name_bytes <= _NAME_BYTES


def _plain(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


@dataclass(frozen=True)
class _Told:
    """An object of one of the files, and where it stands, for complaints."""

    where: str
    values: Any

    def __post_init__(self) -> None:
        named = isinstance(self.values, dict) and all(
            isinstance(each, str) and _is_plain(each) for each in self.values
        )
        if not named:
            raise BuildFailed(f"{self.where} is not an object of names and values.")

    def check(self, *known: str) -> None:
        """Refuse what is not known, by name."""
        for name in self.values:
            if name not in known:
                raise BuildFailed(
                    f"{self.where} has {name!r:.80}, which is not known.",
                    f"Known are: {', '.join(known)}.",
                )

    def match(self, name: str, rule: re.Pattern[str]) -> str | None:
        """A text that obeys a rule; None if it is not there."""
        value = self.values.get(name)
        if value is None:
            return None
        if not isinstance(value, str) or not rule.fullmatch(value):
            raise BuildFailed(f"{self.where} says {value!r:.80} for {name}, which cannot be.")
        return value

    def path(self, name: str) -> str | None:
        """A path that stays inside the repository; None if it is not there."""
        value = self.values.get(name)
        if value is None:
            return None
        if not isinstance(value, str) or not _is_path(value):
            raise BuildFailed(f"{self.where} says {value!r:.80} for {name}, which is no path.")
        path = PurePosixPath(value)
        if path.is_absolute() or ".." in path.parts or value.startswith("-"):
            raise BuildFailed(f"{self.where}'s {name} leaves the repository: {value!r:.80}.")
        return str(path)


def _joined(first: AppManifest, second: AppManifest) -> AppManifest:
    said_twice = [
        name
        for name in ("dockerfile", "target", "build_args")
        if getattr(first, name) and getattr(second, name)
    ]
    if first.directory != _TOP and second.dockerfile:
        said_twice = ["directory"]
    for name in said_twice:
        raise BuildFailed(
            f"Both {APP_JSON} and {HEROKU_YML} say the app's {name}.",
            "Say it in one of them.",
        )
    return replace(
        first,
        directory=second.directory if second.dockerfile else first.directory,
        dockerfile=first.dockerfile or second.dockerfile,
        target=first.target or second.target,
        build_args=first.build_args or second.build_args,
        process_types=second.process_types,
    )


def _yaml(text: str) -> object:
    """A document of plain values; references, which could expand without end, are refused."""
    import yaml

    # Beside its own errors, yaml stumbles over what a tag does not fit: `!!bool x`, `!!int ""`.
    stumbles = (ArithmeticError, AttributeError, LookupError, RecursionError, ValueError)
    depth = 0
    try:
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            if isinstance(event, yaml.AliasEvent):
                raise BuildFailed(f"{HEROKU_YML} has a reference (*); write out what it means.")
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if depth > _DEPTH_LIMIT:
                raise BuildFailed(f"{HEROKU_YML} is nested too deeply.")
        document = yaml.safe_load(text) or {}
        repr(document)  # fails here, and not in a complaint, of a number with too many digits
    except (yaml.YAMLError, *stumbles) as error:
        place = getattr(error, "problem_mark", None)
        line = f": line {place.line + 1}" if place else ""
        raise BuildFailed(f"{HEROKU_YML} is not YAML{line}.") from error
    return document
