"""`logs`, `ps`, `releases`, `builds` on a cloud: a log that is followed, an app never pushed to."""

# ruff: noqa: RUF001 - the bar of Heroku's errors

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from command_line import SCRIPTS, Herogate, Said, run_herogate, shell
from local_cloud import LocalCloud
from regions import region_with_a_space, signed_in

pytestmark = pytest.mark.e2e

REGION = "ap-northeast-3"
APP = "watched"
WEB = "web/web/3f9a1c2e000000000000000000000000"
WORKER = "worker/worker/00c0ffee000000000000000000000000"

Write = Callable[[str, str], None]


@pytest.fixture(scope="module")
def environment(
    cloud: LocalCloud, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Mapping[str, str]]:
    """A shell in a region where an app is."""
    home = tmp_path_factory.mktemp("home")
    with region_with_a_space(cloud, REGION) as platform:
        with signed_in(cloud):
            platform.apps.create(APP).wait()
        yield {**shell(cloud, home, REGION), "HEROGATE_APP": APP}


@pytest.fixture
def herogate(environment: Mapping[str, str], tmp_path: Path) -> Herogate:
    def run(*arguments: str, **more: str) -> Said:
        return run_herogate(*arguments, folder=tmp_path, environment={**environment, **more})

    return run


@pytest.fixture(scope="module")
def write(cloud: LocalCloud, environment: Mapping[str, str]) -> Write:
    """Write a line, as a process of the app."""
    logs: Any = cloud.client("logs", region_name=REGION)
    group = f"/herogate/{environment['HEROGATE_APP']}/app"
    for stream in (WEB, WORKER):
        logs.create_log_stream(logGroupName=group, logStreamName=stream)

    def write(stream: str, message: str) -> None:
        event = {"timestamp": int(time.time() * 1000), "message": message}
        logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=[event])

    return write


@pytest.fixture
def tails(environment: Mapping[str, str]) -> Iterator[Callable[[], subprocess.Popen[str]]]:
    """Begin `herogate logs --tail` from the last line on."""
    with ExitStack() as stack:

        def begin() -> subprocess.Popen[str]:
            process = subprocess.Popen(
                [SCRIPTS / "herogate", "logs", "--tail", "-n", "1"],
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            stack.callback(process.communicate)
            stack.callback(process.kill)
            return process

        yield begin


@pytest.fixture
def tail(tails: Callable[[], subprocess.Popen[str]]) -> subprocess.Popen[str]:
    """`herogate logs --tail`, running."""
    return tails()


def without_time(line: str) -> str:
    return line.strip().partition(" ")[2]


def test_the_last_lines_are_shown_of_all_or_of_one(herogate: Herogate, write: Write) -> None:
    for stream, message in ((WEB, "GET /"), (WORKER, "working"), (WEB, "GET /again")):
        write(stream, message)
    shown = {
        flags: [without_time(line) for line in herogate("logs", *flags.split()).out.splitlines()]
        for flags in ("-n 2", "-p worker", "-d web.3f9a1c2e -n 1", "-s herogate")
    }
    assert shown == {
        "-n 2": ["app[worker.00c0ffee]: working", "app[web.3f9a1c2e]: GET /again"],
        "-p worker": ["app[worker.00c0ffee]: working"],
        "-d web.3f9a1c2e -n 1": ["app[web.3f9a1c2e]: GET /again"],
        "-s herogate": [],
    }


def test_a_log_is_followed_until_ctrl_c(write: Write, tail: subprocess.Popen[str]) -> None:
    assert tail.stdout is not None
    write(WEB, "first")
    assert without_time(tail.stdout.readline()).startswith("app[")
    write(WORKER, "next")
    while without_time(tail.stdout.readline()) != "app[worker.00c0ffee]: next":
        assert tail.poll() is None
    tail.send_signal(signal.SIGINT)
    assert (*tail.communicate(timeout=60), tail.returncode) == ("", "", 130)


def test_ctrl_c_is_heard_whatever_is_going_on(
    write: Write, tails: Callable[[], subprocess.Popen[str]]
) -> None:
    write(WEB, "first")
    running = [tails() for _ in range(5)]
    for tail in running:  # each of them at another moment between two answers of AWS's
        assert tail.stdout is not None
        assert tail.stdout.readline()
        tail.send_signal(signal.SIGINT)
    assert [(tail.communicate(timeout=30)[1], tail.returncode) for tail in running] == [
        ("", 130)
    ] * 5


def test_who_reads_no_further_ends_it_quietly(write: Write, tail: subprocess.Popen[str]) -> None:
    assert tail.stdout is not None
    write(WEB, "first")
    tail.stdout.readline()
    tail.stdout.close()
    write(WEB, "for nobody")
    assert tail.wait(timeout=60) == 0
    assert tail.stderr is not None
    assert tail.stderr.read() == ""


def test_an_app_never_pushed_to_has_nothing_to_show(herogate: Herogate) -> None:
    topics = ("ps", "releases", "builds", "schedule")
    assert [herogate(topic) for topic in topics] == [
        Said(out="No processes on watched\n", err="", code=0),
        Said(out="watched has no releases.\n", err="", code=0),
        Said(out="watched has no builds.\n", err="", code=0),
        Said(out="watched has no schedules.\n", err="", code=0),
    ]
    assert [
        herogate(command, "--json").out for command in ("ps", "releases", "builds", "schedule")
    ] == ["[]\n"] * 4


@pytest.mark.parametrize(
    ("command", "error", "code"),
    [
        ("ps clock", "No clock processes on watched", 1),
        ("releases:info", "watched has no releases.", 2),
        ("releases:info v3", "Couldn't find that release.", 2),
        ("builds:info", "watched has no builds yet.", 2),
        ("builds:output 3", "watched has no builds yet.", 2),
        (
            "run true",
            "watched has nothing to run a command in: no build was released yet.",
            2,
        ),
        ("logs -p clock", "There is no process type clock of watched.", 2),
    ],
)
def test_what_is_not_there_is_refused(
    herogate: Herogate, command: str, error: str, code: int
) -> None:
    said = herogate(*command.split())
    assert (said.out, said.code) == ("", code)
    assert said.err.splitlines()[0].lstrip(" ›") == f"Error: {error}"
