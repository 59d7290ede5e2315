"""How long commands take as whole processes, beside an empty click command and the aws CLI.

``make bench-cli``. It starts a local cloud of its own, and fails if a limit is not kept.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from command_line import SCRIPTS
from local_cloud import running
from shops import NAME, REGION, shop

from herogate.local import lifecycle
from herogate.local.directory import Directory

ROUNDS = 15
EMPTY = """\
#!{python}
import sys
import click


@click.group()
@click.version_option("1")
def main():
    pass


sys.exit(main())
"""


@dataclass(frozen=True, kw_only=True)
class Limit:
    """A command is to take at most so many times as long as another."""

    command: str
    beside: str
    times: float


LIMITS = (
    Limit(command="herogate --version", beside="empty --version", times=1.5),
    Limit(command="herogate help", beside="empty --version", times=1.5),
    Limit(command="herogate ps", beside="aws ecs describe-services", times=1.0),
    Limit(command="herogate config", beside="aws ecs describe-services", times=1.0),
)


def say(line: str) -> None:
    """A line of the table."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def measured(
    commands: Mapping[str, Sequence[str]], folder: Path, environment: Mapping[str, str]
) -> dict[str, float]:
    """The median of each command in milliseconds, all of them in turn in every round."""
    taken: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(ROUNDS):
        for name, words in commands.items():
            start = time.perf_counter()
            subprocess.run(words, cwd=folder, env=environment, capture_output=True, check=True)
            taken[name].append((time.perf_counter() - start) * 1000)
    return {name: statistics.median(each) for name, each in taken.items()}


def compared(folder: Path) -> bool:
    """Measure, print, and say whether every limit is kept."""
    empty = folder / "empty"
    empty.write_text(EMPTY.format(python=sys.executable))
    empty.chmod(0o755)
    directory = Directory(folder / "local")
    cloud = running(directory)
    try:
        with shop(cloud, folder) as made:
            herogate, aws = str(SCRIPTS / "herogate"), str(SCRIPTS / "aws")
            described = ["ecs", "describe-services", "--cluster", "herogate--default"]
            services = ["--services", f"{NAME}--web", "--region", REGION]
            endpoint = ["--endpoint-url", cloud.endpoint_url]
            commands: dict[str, Sequence[str]] = {
                "empty --version": [str(empty), "--version"],
                "herogate --version": [herogate, "--version"],
                "herogate help": [herogate, "help"],
                "aws ecs describe-services": [aws, *described, *services, *endpoint],
                "herogate ps": [herogate, "ps", "-a", NAME],
                "herogate config": [herogate, "config", "-a", NAME],
            }
            found = measured(commands, made.folder, made.environment)
    finally:
        lifecycle.stop(directory)
    for name, milliseconds in found.items():
        say(f"{name:28} {milliseconds:7.0f} ms")
    say("")
    for each in LIMITS:
        times = found[each.command] / found[each.beside]
        verdict = "" if times <= each.times else "   TOO SLOW"
        say(f"{each.command:20} {times:.2f} x {each.beside}, at most {each.times}{verdict}")
    return all(found[each.command] <= each.times * found[each.beside] for each in LIMITS)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="herogate-bench-") as temporary:
        sys.exit(0 if compared(Path(temporary)) else 1)
