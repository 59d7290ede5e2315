"""Local clouds end with the process that tests with them, also where that is killed."""

from __future__ import annotations

import subprocess
import sys
from functools import cache

from herogate.local.directory import Directory

_EXECUTOR = """\
import sys
directories = sys.stdin.read().splitlines()
from pathlib import Path
from herogate.local import lifecycle
from herogate.local.directory import Directory
for each in directories:
    lifecycle.stop(Directory(Path(each)))
"""


def end_with_this_process(directory: Directory) -> None:
    """Have a local cloud stopped when this process is gone, should it still run then."""
    wishes = _executor().stdin
    assert wishes is not None
    wishes.write(f"{directory.path}\n")
    wishes.flush()


@cache
def _executor() -> subprocess.Popen[str]:
    """Hears of the end by that of its input, which no other process has."""
    return subprocess.Popen(
        [sys.executable, "-c", _EXECUTOR],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        text=True,
    )
