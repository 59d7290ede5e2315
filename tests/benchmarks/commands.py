"""How long commands take as whole processes, beside an empty click command and the aws CLI.

``make bench-cli`` runs it, on a local cloud of its own; it fails if a limit is not kept. In each round
all commands run in turn, so that what else the machine does falls on all of them; what counts is the
median of the rounds' ratios.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from command_line import SCRIPTS
from local_cloud import LocalCloud, running
from shops import NAME, REGION, shop

from herogate.local import lifecycle
from herogate.local.directory import Directory

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "15"))
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


@dataclass(frozen=True, kw_only=True)
class Run:
    """What one run of a command took."""

    seconds: float
    cpu_seconds: float


Runs = Mapping[str, Sequence[Run]]

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


def run(words: Sequence[str], folder: Path, environment: Mapping[str, str]) -> Run:
    """Run a command to its end."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    subprocess.run(words, cwd=folder, env=environment, capture_output=True, check=True)
    seconds = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Run(
        seconds=seconds,
        cpu_seconds=after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime,
    )


def commands(folder: Path, cloud: LocalCloud) -> dict[str, list[str]]:
    """What is compared, by how it is called in the table."""
    empty = folder / "empty"
    empty.write_text(EMPTY.format(python=sys.executable))
    empty.chmod(0o755)
    herogate, aws = str(SCRIPTS / "herogate"), str(SCRIPTS / "aws")
    described = ["ecs", "describe-services", "--cluster", "herogate--default"]
    services = ["--services", f"{NAME}--web", "--region", REGION]
    return {
        "empty --version": [str(empty), "--version"],
        "herogate --version": [herogate, "--version"],
        "herogate help": [herogate, "help"],
        "aws ecs describe-services": [
            *(aws, *described, *services, "--endpoint-url", cloud.endpoint_url)
        ],
        "herogate ps": [herogate, "ps"],
        "herogate config": [herogate, "config"],
    }


def measured(folder: Path) -> Runs:
    """The runs of each command, those of a round beside each other; the app is found by git's remote."""
    directory = Directory(folder / "local")
    try:
        cloud = running(directory)
        with shop(cloud, folder) as made:
            compared = commands(folder, cloud)
            rounds = [
                [run(words, made.folder, made.environment) for words in compared.values()]
                for _ in range(ROUNDS)
            ]
    finally:
        lifecycle.stop(directory)
    return dict(zip(compared, zip(*rounds, strict=True), strict=True))


def times(runs: Runs, limit: Limit) -> float:
    """How many times as long a command takes as the one beside it."""
    pairs = zip(runs[limit.command], runs[limit.beside], strict=True)
    return statistics.median(one.seconds / other.seconds for one, other in pairs)


def told(runs: Runs) -> bool:
    """Print the tables, and say whether every limit is kept."""
    say("| command | ms | ms of CPU |\n|---|---|---|")
    for name, each in runs.items():
        whole = statistics.median(one.seconds for one in each) * 1000
        cpu = statistics.median(one.cpu_seconds for one in each) * 1000
        say(f"| `{name}` | {whole:.0f} | {cpu:.0f} |")
    say("\n| command | times | beside | at most |\n|---|---|---|---|")
    for limit in LIMITS:
        found = times(runs, limit)
        say(f"| `{limit.command}` | {found:.2f} | `{limit.beside}` | {limit.times} |")
    return all(times(runs, limit) <= limit.times for limit in LIMITS)


if __name__ == "__main__":
    with TemporaryDirectory(prefix="herogate-bench-") as temporary:
        sys.exit(0 if told(measured(Path(temporary))) else "A command is too slow.")
