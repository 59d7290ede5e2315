"""The command line as a user runs it: the installed program, in a process of its own."""

from __future__ import annotations

import subprocess
import sysconfig
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

SCRIPTS = Path(sysconfig.get_path("scripts"))


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a command answered, talked, and exited with."""

    out: str
    err: str
    code: int


Herogate = Callable[..., Said]
"""Run `herogate` with these arguments; keywords are environment variables."""


def run_herogate(
    *arguments: str, folder: Path, environment: Mapping[str, str], seconds: float = 60
) -> Said:
    """Run the installed program in a folder, with this environment and nobody at a terminal."""
    ended = subprocess.run(
        [SCRIPTS / "herogate", *arguments],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=seconds,
    )
    return Said(out=ended.stdout, err=ended.stderr, code=ended.returncode)
