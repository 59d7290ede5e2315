"""Python apps on the host base: a virtual environment, from ``requirements.txt``.

It is one of this machine's own interpreter, holds what the requirements name, pip, and nothing else, and
works wherever it is unpacked: its scripts find their interpreter beside them.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import tomllib
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path

from herogate.builder import django, pip, requirements
from herogate.builder.languages import Workplace, fingerprint, key_of
from herogate.builder.layers import Entry, tree
from herogate.builder.programs import answer, run
from herogate.builder.requirements import REQUIREMENTS
from herogate.builder.talk import Talk
from herogate.errors import BuildFailed

_PROJECT = "pyproject.toml"
_OTHER_LOCKS = ("uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", "Pipfile", "environment.yml")

_PLACE = "app/.herogate/python"
_WANTED_VERSIONS = ("runtime.txt", ".python-version")
_LINK_TO_PYTHON = """#!/bin/sh
'''exec' "$(dirname -- "$(realpath -- "$0")")"/'python' "$0" "$@"
' '''
"""
"""The first lines of a script that is Python and finds its interpreter beside it."""

_ABOUT = (
    "import json, sys, sysconfig; print(json.dumps([sys.version, sys.executable, "
    "sysconfig.get_platform(), '%d.%d.%d' % sys.version_info[:3]]))"
)
_DIGEST_OF_SCRIPT = re.compile(r"^(\.\./\.\./\.\./bin/[^,]*),.*$", re.MULTILINE)
_EDITABLE = re.compile(r"\s*(?:-e|--editable)[\s=]")
_LOCAL = re.compile(r"\s*(?:\.{1,2}(?:/|\[|\s|$)|/|file:|[^#\s]+\s*@\s*file:|[^#\s@:=<>]+/)")


def other_requirements(source: Path) -> str | None:
    """The file that says which packages an app needs and is not read here, if there is one."""
    others = (name for name in _OTHER_LOCKS if (source / name).exists())
    return next(others, _PROJECT if _has_dependencies(source / _PROJECT) else None)


class Python:
    """A Python app."""

    name = "Python"
    own_directories: tuple[str, ...] = ()
    default_web = None
    paths: tuple[str, ...] = ("/app/.herogate/python/bin",)
    variables: Mapping[str, str] = {
        "FORWARDED_ALLOW_IPS": "*",  # only the router reaches a process: what it forwards is true
        "PYTHONPATH": "/app",
        "PYTHONUNBUFFERED": "1",
    }
    """As Heroku's buildpack sets them, but for gunicorn's access log: health checks would fill it."""

    def __init__(self, workplace: Workplace) -> None:
        self._at = workplace

    @staticmethod
    def is_in(source: Path) -> bool:
        """Whether there is a Python app in the source."""
        return (source / REQUIREMENTS).is_file()

    def key(self) -> str:
        """The requirements with all they include, and the interpreter."""
        version, executable, machine, _ = self._interpreter
        texts = requirements.texts(self._at.source)
        lines = [line for text in texts for line in text.splitlines()]
        for line in lines:
            if _EDITABLE.match(line):
                raise BuildFailed(
                    f"{REQUIREMENTS} asks for an editable package ({line.strip()}).",
                    "What is editable stays where it was built; write it without -e.",
                )
        local = [fingerprint(self._at.source)] if any(map(_LOCAL.match, lines)) else []
        return key_of(self.name, version, executable, machine, *texts, *local)

    @property
    def completes_source(self) -> bool:
        """Whether Django may have static files to collect."""
        return self._manage_script is not None

    def complete_source(self, root: Path, talk: Talk) -> None:
        """Collect Django's static files."""
        if self._manage_script is not None:
            python = root / _PLACE / "bin" / "python"
            django.collect_static(
                self._manage_script, self._at.source, python, self._at.environment, talk
            )

    def install(self, talk: Talk) -> Iterable[Entry]:
        """Make the environment."""
        *_, number = self._interpreter
        talk.step(f"Using Python {number} of this machine")
        self._compare(talk, number)
        talk.step("Installing requirements with pip")
        place = self._at.scratch / "python"
        base = ["python3", "-I", "-m"]
        self._run(talk, *base, "venv", "--without-pip", str(place), failure="No environment")
        self._run(
            talk,
            *base,
            *("pip", "--python", str(place / "bin" / "python"), "install"),
            *("--no-input", "--no-compile", "--progress-bar", "off"),
            *("--disable-pip-version-check", "--root-user-action", "ignore"),
            *("--requirement", REQUIREMENTS),
            failure="The requirements cannot be installed",
        )
        pip.add(place, self._at.environment)
        _make_movable(place)
        self._compile(talk, place)
        return tree(place, _PLACE)

    @cached_property
    def _manage_script(self) -> str | None:
        return django.manage_script(self._at.source)

    @cached_property
    def _interpreter(self) -> tuple[str, str, str, str]:
        told = answer(["python3", "-I", "-c", _ABOUT], self._at.environment)
        if told is None:
            raise BuildFailed("This machine has no python3.")
        version, executable, machine, number = json.loads(told)
        return version, executable, machine, number

    def _compare(self, talk: Talk, number: str) -> None:
        for name in _WANTED_VERSIONS:
            wanted = _wanted_version(self._at.source / name)
            plain = wanted.removeprefix("python-")
            if plain and number != plain and not number.startswith(f"{plain}."):
                talk.trouble(f"{name} asks for {wanted}; this machine has Python {number}.")

    def _compile(self, talk: Talk, place: Path) -> None:
        """Bytecode that does not mind times, so that the same files give the same layer."""
        self._run(
            talk,
            *("python3", "-s", "-P", "-m", "compileall", "-q", "-j", "0"),
            *("--invalidation-mode", "unchecked-hash", "-s", str(place), "-p", f"/{_PLACE}"),
            *("-x", "/site-packages/pip/"),  # rarely run, and large
            str(place / "lib"),
            failure=None,
            PYTHONHASHSEED="0",
        )

    def _run(self, talk: Talk, *argv: str, failure: str | None, **variables: str) -> None:
        try:
            run(
                argv,
                talk=talk,
                directory=self._at.source,
                environment={**self._at.environment, **variables},
                failure=failure or "",
            )
        except BuildFailed:
            if failure is not None:
                raise


def _wanted_version(file: Path) -> str:
    """The first line that is no comment; empty if there is none, or no such file."""
    lines = file.read_text(errors="replace").splitlines() if file.is_file() else []
    return next((line.strip() for line in lines if line.strip() and line.strip()[0] != "#"), "")


def _has_dependencies(project: Path) -> bool:
    try:
        described = tomllib.loads(project.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return False
    tools = described.get("tool")
    poetry = tools.get("poetry") if isinstance(tools, dict) else None
    settings = (described.get("project"), poetry)
    return any(isinstance(each, dict) and each.get("dependencies") for each in settings)


def _start_in(place: Path) -> re.Pattern[bytes]:
    """How a script begins that an environment's interpreter runs; pip writes a long path for a shell."""
    path = re.escape(os.fsencode(place))
    return re.compile(rb"#!%b[^\n]*\n|#!/bin/sh\n'''exec' \"?%b[^\n]*\n' '''\n" % (path, path))


def _make_movable(place: Path) -> None:
    """Take out of an environment what says where it was made."""
    settings = place / "pyvenv.cfg"
    lines = settings.read_text().splitlines(keepends=True)
    settings.write_text("".join(line for line in lines if not line.startswith("command")))
    for unneeded in (*(place / "bin").glob("[Aa]ctivate*"), place / "include"):
        shutil.rmtree(unneeded) if unneeded.is_dir() else unneeded.unlink()
    for script in (place / "bin").iterdir():
        if script.is_symlink() or not script.is_file():
            continue
        content = script.read_bytes()
        if begins := _start_in(place).match(content):
            script.write_bytes(_LINK_TO_PYTHON.encode() + content[begins.end() :])
    for record in place.glob("lib/python*/site-packages/*.dist-info/RECORD"):
        record.write_text(_DIGEST_OF_SCRIPT.sub(r"\1,,", record.read_text()))
