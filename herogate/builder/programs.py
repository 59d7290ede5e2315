"""The programs that a build runs: their output goes where the builder's own goes."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from herogate.builder.talk import Talk
from herogate.errors import BuildFailed


def run(
    argv: Sequence[str],
    *,
    talk: Talk,
    directory: Path,
    environment: Mapping[str, str],
    failure: str,
) -> None:
    """Run a program, with what it says as details.

    Args:
        environment: whole.
        failure: what it means that the program fails.

    Raises:
        BuildFailed: it is not there, or ends with anything but 0.
    """
    try:
        process = start(argv, directory, environment)
    except OSError as error:
        raise BuildFailed(f"{failure}: {argv[0]} cannot be run: {error.strerror}.") from error
    with process as running:
        for line in running.stdout or ():
            talk.detail(line.rstrip())
    if process.returncode:
        raise BuildFailed(f"{failure}: {Path(argv[0]).name} ended with {process.returncode}.")


def start(
    argv: Sequence[str], directory: Path, environment: Mapping[str, str]
) -> subprocess.Popen[str]:
    """Start a program whose output, all in one, is read line by line. Raises `OSError`."""
    return subprocess.Popen(
        argv,
        cwd=directory,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )


def answer(argv: Sequence[str], environment: Mapping[str, str]) -> str | None:
    """What a program prints; None if it is not there or fails."""
    try:
        ran = subprocess.run(
            argv,
            check=False,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
    except OSError:
        return None
    return ran.stdout.strip() if ran.returncode == 0 else None
