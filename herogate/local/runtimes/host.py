"""What of this machine stands in the containers that hold nothing else: its interpreter, its engine."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Final

_LIBRARIES: Final = ("/usr", "/lib", "/lib32", "/lib64", "/nix")
_PROGRAMS: Final = ("/bin", "/sbin", "/etc/alternatives", "/etc/ssl", "/etc/pki")
_PATH: Final = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def interpreter() -> Path:
    """The Python that is there without any virtual environment."""
    return Path(os.path.realpath(getattr(sys, "_base_executable", sys.executable)))


def directories_of_interpreter() -> tuple[Path, ...]:
    """What it needs to run."""
    return _outermost([*_LIBRARIES, sys.base_prefix, sys.base_exec_prefix])


def directories_of_engine() -> tuple[Path, ...]:
    """What this machine's docker engine needs to run."""
    return _outermost([*_PROGRAMS, *map(str, directories_of_interpreter())])


def engine() -> Path | None:
    """The program of this machine's docker engine."""
    found = shutil.which("dockerd", path=_PATH)
    return None if found is None else Path(found)


def client() -> Path | None:
    """Docker's client that came with the engine: another one may not know how to build with it."""
    daemon = engine()
    beside = None if daemon is None else daemon.parent.parent / "bin" / "docker"
    if beside is not None and beside.is_file():
        return beside
    found = shutil.which("docker", path=_PATH)
    return None if found is None else Path(found)


def _outermost(paths: list[str]) -> tuple[Path, ...]:
    """Those that are there, without those inside others."""
    there = sorted({Path(path) for path in paths if Path(path).is_dir()})
    return tuple(
        path
        for path in there
        if not any(path.is_relative_to(each) for each in there if each != path)
    )
