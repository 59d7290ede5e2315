"""pip in an app's environment, as Heroku has it: this machine's own, copied; nothing is fetched."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from herogate.builder.programs import answer
from herogate.errors import BuildFailed

_WHERE = "import pip; print(pip.__path__[0])"
_NAMES = ("pip", "pip3")
_SCRIPT = """#!{python}
from runpy import run_module
run_module("pip", run_name="__main__")
"""
_WITHOUT = shutil.ignore_patterns("__pycache__")


def add(place: Path, environment: Mapping[str, str]) -> None:
    """Add pip to a virtual environment, unless one was installed there.

    Raises:
        BuildFailed: this machine has none.
    """
    (packages,) = place.glob("lib/python*/site-packages")
    if (packages / "pip").exists():
        return
    told = answer(["python3", "-I", "-c", _WHERE], environment)
    if told is None:
        raise BuildFailed("This machine's python3 has no pip.")
    own = Path(told)
    for part in (own, *own.parent.glob("pip-*.dist-info")):
        shutil.copytree(part, packages / part.name, ignore=_WITHOUT)
    for name in _NAMES:
        script = place / "bin" / name
        script.write_text(_SCRIPT.format(python=place / "bin" / "python"), encoding="utf-8")
        script.chmod(0o755)
