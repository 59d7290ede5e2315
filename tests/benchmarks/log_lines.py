"""A hundred thousand lines of four processes, read by ``herogate logs`` and by who follows the log.

``make bench-logs`` runs it, on a local cloud of its own. The processes write at the same milliseconds,
fifty lines in each. It fails if a line is lost, doubled or out of its process's order.
"""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from itertools import takewhile
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

from command_line import SCRIPTS
from local_cloud import LocalCloud, running

from herogate.local import lifecycle
from herogate.local.directory import Directory

APP, GROUP = "chatty", "/herogate/chatty/app"
LINES, BURST, A_MILLISECOND = 25_000, 5_000, 50
PROCESSES = ("a", "b", "c", "d")
FIRST, LAST = "the beginning", "the end"
_LINE = re.compile(r"app\[web\.[0-9a-f]{8}\]: (?P<process>[abcd]) (?P<number>\d+)")


def say(line: str) -> None:
    """A line of what was found."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


class Writer:
    """The four processes, as they write.

    Attributes:
        begun: milliseconds since 1970.
    """

    def __init__(self, cloud: LocalCloud) -> None:
        self._logs = cloud.client("logs")
        self._streams = {process: f"web/web/{uuid4().hex}" for process in PROCESSES}
        for stream in self._streams.values():
            self._logs.create_log_stream(logGroupName=GROUP, logStreamName=stream)
        self.begun = int(time.time() * 1000)
        self._put("a", [(self.begun, FIRST)])

    def write(self) -> None:
        """Write all lines, and when all are there the last one."""
        for start in range(0, LINES, BURST):
            for process in PROCESSES:
                numbers = range(start, start + BURST)
                lines = [(self._time(number), f"{process} {number}") for number in numbers]
                self._put(process, lines)
        self._put("a", [(self._time(LINES), LAST)])

    def _time(self, number: int) -> int:
        return self.begun + 1 + number // A_MILLISECOND

    def _put(self, process: str, events: Iterable[tuple[int, str]]) -> None:
        self._logs.put_log_events(
            logGroupName=GROUP,
            logStreamName=self._streams[process],
            logEvents=[{"timestamp": at, "message": message} for at, message in events],
        )


def is_whole(told: Iterable[str]) -> bool:
    """Whether each line of each process is there once, in the process's order."""
    found: dict[str, list[int]] = {process: [] for process in PROCESSES}
    for line in told:
        if match := _LINE.search(line):
            found[match["process"]].append(int(match["number"]))
    return found == {process: list(range(LINES)) for process in PROCESSES}


def read(environment: Mapping[str, str]) -> Iterator[str]:
    """What ``herogate logs`` tells."""
    words = [str(SCRIPTS / "herogate"), "logs", "-a", APP, "-n", str(len(PROCESSES) * LINES + 1)]
    told = subprocess.run(words, env=environment, capture_output=True, text=True, check=True)
    yield from told.stdout.splitlines()


def followed(cloud: LocalCloud) -> Iterator[str]:
    """What ``herogate logs --tail`` tells, from before the lines are written until all are."""
    writer = Writer(cloud)
    with subprocess.Popen(
        [str(SCRIPTS / "herogate"), "logs", "-a", APP, "--tail", "-n", "1"],
        env=cloud.environment,
        stdout=subprocess.PIPE,
        text=True,
    ) as following:
        assert following.stdout is not None
        yield following.stdout.readline()
        writer.write()
        yield from takewhile(lambda line: not line.endswith(f"{LAST}\n"), following.stdout)
        following.terminate()


def told(way: str, lines: Iterator[str]) -> bool:
    """Say how long it took to read all, and whether nothing was missed."""
    start = time.perf_counter()
    whole = is_whole(lines)
    verdict = "every line once, in its process's order" if whole else "NOT as written"
    say(f"herogate logs {way} {time.perf_counter() - start:5.1f} s  {verdict}")
    return whole


def compared(folder: Path) -> bool:
    """Write, read, and say whether nothing was missed."""
    directory = Directory(folder / "local")
    try:
        cloud = running(directory)
        create = [str(SCRIPTS / "herogate"), "create", APP, "--yes", "--no-remote"]
        subprocess.run(create, env=cloud.environment, capture_output=True, check=True, cwd=folder)
        ways = {"--tail": followed(cloud), "--num": read(cloud.environment)}
        return all(told(way, lines) for way, lines in ways.items())
    finally:
        lifecycle.stop(directory)


if __name__ == "__main__":
    with TemporaryDirectory(prefix="herogate-bench-") as temporary:
        sys.exit(0 if compared(Path(temporary)) else 1)
