"""The command line as a user runs it: the installed program, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sysconfig
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from local_cloud import LocalCloud

SCRIPTS = Path(sysconfig.get_path("scripts"))


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a command answered, talked, and exited with."""

    out: str
    err: str
    code: int


Herogate = Callable[..., Said]
"""Run `herogate` with these arguments; keywords are environment variables."""


def shell(cloud: LocalCloud, home: Path, region: str) -> dict[str, str]:
    """The environment of a user's shell that is led to a cloud's region; no app is named."""
    return {
        **{name: value for name, value in cloud.environment.items() if "HEROGATE_APP" not in name},
        "HOME": str(home),
        "PATH": f"{SCRIPTS}:{os.environ['PATH']}",
        "LC_ALL": "C.UTF-8",
        "AWS_REGION": region,
        "GIT_CEILING_DIRECTORIES": str(home.parent),
    }


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
