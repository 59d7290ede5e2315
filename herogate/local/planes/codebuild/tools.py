"""The programs that a build environment has besides the system's: made once, when the plane starts.

Each is a small script that runs a program by its path: nothing of Herogate's own environment is on a
build's PATH. ``python3`` is the interpreter that Herogate's environment was made from.
"""

from __future__ import annotations

import importlib.util
import os
import shlex
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from herogate.local.runtimes import host

_SYSTEM: Final = ("/usr/local/bin", "/usr/bin", "/bin")
_WANTED: Final = ("bash", "git", "curl", "zip", "unzip", "node", "npm", "npx")
_SELF: Final = "$@"


def make_tools(directory: Path) -> None:
    """Write the scripts, in place of those of an earlier start."""
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(mode=0o700, parents=True)
    for name, argv in _tools().items():
        script = directory / name
        script.write_text(f'#!/bin/sh\nexec {shlex.join(argv)} "{_SELF}"\n', encoding="utf-8")
        script.chmod(0o700)


def _tools() -> Mapping[str, tuple[str, ...]]:
    python = str(host.interpreter())
    tools: dict[str, tuple[str, ...]] = {
        "python3": (python,),
        "python": (python,),
        "pip": (python, "-m", "pip"),
        "pip3": (python, "-m", "pip"),
    }
    if importlib.util.find_spec("awscli") is not None:
        tools["aws"] = (sys.executable, "-I", "-m", "awscli")
    elif found := _found("aws"):
        tools["aws"] = (found,)
    if docker := host.client():
        tools["docker"] = (str(docker),)
    for name in _WANTED:
        if found := _found(name):
            tools[name] = (found,)
    return tools


def _found(name: str) -> str | None:
    """A program that is on this process's PATH but not where a build looks anyway."""
    own = str(Path(sys.executable).parent)
    path = [each for each in os.environ.get("PATH", "").split(os.pathsep) if each != own]
    if shutil.which(name, path=os.pathsep.join(_SYSTEM)):
        return None
    return shutil.which(name, path=os.pathsep.join(path))
