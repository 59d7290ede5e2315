"""`herogate run` by the built command, on a cloud that really runs it."""

# ruff: noqa: RUF001 - the bar of Heroku's errors

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from command_line import SCRIPTS, Herogate, Said, run_herogate
from local_cloud import LocalCloud
from regions import region_with_a_space, signed_in
from released_apps import ReleasedApp, command
from waiting import wait_until

pytestmark = pytest.mark.e2e

REGION = "ap-south-1"
APP = "runner"

Begin = Callable[..., subprocess.Popen[str]]


@pytest.fixture(scope="module")
def app(cloud: LocalCloud) -> Iterator[ReleasedApp]:
    """An app with a release and a config var in a region of the tests' own."""
    with signed_in(cloud), region_with_a_space(cloud, REGION) as platform:
        platform.apps.create(APP).wait()
        made = ReleasedApp(aws=cloud, platform=platform, name=APP)
        made.set("COLOUR", "green")
        made.deploy(worker=command("work"))
        yield made


@pytest.fixture
def environment(app: ReleasedApp) -> dict[str, str]:
    return {
        **app.aws.environment,
        "PATH": f"{SCRIPTS}:{os.environ['PATH']}",
        "LC_ALL": "C.UTF-8",
        "AWS_REGION": REGION,
        "HEROGATE_APP": APP,
    }


@pytest.fixture
def herogate(environment: dict[str, str], tmp_path: Path) -> Herogate:
    def run(*arguments: str, **more: str) -> Said:
        return run_herogate(*arguments, folder=tmp_path, environment={**environment, **more})

    return run


@pytest.fixture
def begin(environment: dict[str, str]) -> Iterator[Begin]:
    """Begin `herogate` and leave it running."""
    begun: list[subprocess.Popen[str]] = []

    def begin(*arguments: str) -> subprocess.Popen[str]:
        begun.append(
            subprocess.Popen(
                [SCRIPTS / "herogate", *arguments],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
        )
        return begun[-1]

    yield begin
    for process in begun:
        process.kill()
        process.communicate()


def one_offs(app: ReleasedApp, status: str = "RUNNING") -> list[Any]:
    """The one-offs that are, or are no longer, to run."""
    ecs = app.client("ecs")
    listed = ecs.list_tasks(
        cluster="herogate--default", family=f"herogate--{APP}--run", desiredStatus=status
    )["taskArns"]
    if not listed:
        return []
    described = ecs.describe_tasks(cluster="herogate--default", tasks=listed, include=["TAGS"])
    return list(described["tasks"])


def nameless(text: str) -> str:
    return re.sub(r"run\.[0-9a-f]{8}", "run.ID", text)


CODES = {
    "true": 0,
    "exit 1": 1,
    "sh -c 'exit 3'": 3,
    "nothing-of-this-name": 127,
    "exit 255": 255,
    "kill -KILL $$": 137,
    "kill -TERM $$": 143,
}


def test_exit_codes_are_passed_on_and_said(herogate: Herogate) -> None:
    with ThreadPoolExecutor(len(CODES)) as runners:
        said = dict(zip(CODES, runners.map(lambda line: herogate("run", line), CODES), strict=True))
    assert {line: each.code for line, each in said.items()} == CODES
    assert nameless(said["sh -c 'exit 3'"].err) == (
        f"Running sh -c 'exit 3' on {APP}... up, run.ID\n ›   Error: Process exited with code 3\n"
    )
    assert nameless(said["true"].err) == f"Running true on {APP}... up, run.ID\n"


def test_of_twenty_at_once_each_gives_all_it_wrote_in_order(app: ReleasedApp) -> None:
    line = "i=0; while [ $i -lt 500 ]; do echo $i; i=$((i+1)); done; exit $((i / 100))"

    def run(_: int) -> tuple[list[str], int | None]:
        one_off = app.platform.one_offs.prepare(APP, [line])
        one_off.start()
        return list(one_off.output()), one_off.exit_code

    alone = run(0)  # boto3's clients are made here: threads may use them, not make them
    with ThreadPoolExecutor(20) as runners:
        together = list(runners.map(run, range(20)))
    assert [alone, *together] == [([str(number) for number in range(500)], 5)] * 21


def test_ten_thousand_lines_come_to_the_last(herogate: Herogate) -> None:
    said = herogate("run", "seq", "1", "10000")
    assert (said.out, said.code) == ("".join(f"{number}\n" for number in range(1, 10001)), 0)


def test_words_arrive_to_the_letter_and_a_line_is_the_shells(herogate: Herogate) -> None:
    words = ["a  b", "it's", '"q"', "$COLOUR", "new\nline", "ü", "\\n", "*", "\x1b[31m"]
    letter = herogate("run", "--", "printf", "%s|", *words)
    assert letter.out == "".join(f"{word}|" for word in words) + "\n"
    assert herogate("run", 'echo "$COLOUR" | tr a-z A-Z; echo $PORT').out == "GREEN\n"


def test_variables_and_a_size_are_this_processes_own(herogate: Herogate, app: ReleasedApp) -> None:
    said = herogate(
        *("run", "-x", "--no-tty", "-s", "standard-2x", "-e", "A=1;COLOUR=red blue"),
        *("--", "sh", "-c", 'echo "$A $COLOUR"; exit 7'),
    )
    assert (said.out, said.code) == ("1 red blue\n", 7)
    (task,) = [each for each in one_offs(app, "STOPPED") if each["cpu"] == "512"]
    assert (task["memory"], task["startedBy"]) == ("1024", "herogate/run")
    assert {"key": "herogate:app", "value": APP} in task["tags"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_whoever_ends_the_command_stops_the_process_and_hears_its_last_words(
    begin: Begin, app: ReleasedApp, number: signal.Signals
) -> None:
    running = begin("run", 'trap "echo over; exit 0" TERM; echo on; while true; do sleep 0.1; done')
    assert running.stdout is not None
    assert running.stdout.readline() == "on\n"
    running.send_signal(number)
    out, err = running.communicate(timeout=30)
    assert (out.endswith("over\n"), running.returncode) == (True, 128 + number)
    assert nameless(err.splitlines()[-1]) == "Stopping run.ID... done"
    assert one_offs(app) == []


def test_who_interrupts_it_before_it_is_up_leaves_nothing_running(
    begin: Begin, app: ReleasedApp
) -> None:
    running = begin("run", "sleep 1000")
    wait_until(lambda: one_offs(app) != [])
    running.send_signal(signal.SIGINT)
    running.communicate(timeout=30)
    assert (running.returncode, one_offs(app)) == (130, [])


def test_a_process_stopped_before_it_was_up_has_said_nothing(app: ReleasedApp) -> None:
    one_off = app.platform.one_offs.prepare(APP, ["sleep 1000"])
    one_off.start()
    one_off.stop()
    assert list(one_off.output()) == []
    assert one_offs(app) == []


def test_when_nobody_reads_any_further_the_process_is_stopped(
    begin: Begin, app: ReleasedApp
) -> None:
    running = begin("run", "yes")
    assert running.stdout is not None
    running.stdout.readline()
    running.stdout.close()
    assert running.wait(timeout=30) == 0
    wait_until(lambda: one_offs(app) == [])


def test_a_process_that_cannot_start_is_reported_with_awss_reason(
    herogate: Herogate, app: ReleasedApp
) -> None:
    current = app.platform.releases.current(APP)
    assert current is not None
    ssm = app.client("ssm")
    parameter = current.config["COLOUR"]
    ssm.delete_parameter(Name=parameter)
    said = herogate("run", "true")
    ssm.put_parameter(Name=parameter, Value="green", Type="SecureString")
    first, error, *_ = nameless(said.err).splitlines()
    assert (first, said.code) == (f"Running true on {APP}... !", 1)
    assert error.startswith(" ›   Error: run.ID could not start: ResourceInitializationError")


def test_a_detached_process_goes_on_and_tells_its_log(herogate: Herogate, app: ReleasedApp) -> None:
    said = herogate("run:detached", "echo from afar; sleep 1000")
    name = said.err.rstrip().rpartition(" ")[2]
    assert nameless(said.err) == f"Running echo from afar; sleep 1000 on {APP}... done, run.ID\n"
    assert said.out == f"Run herogate logs --app {APP} --dyno {name} to view the output.\n\n"
    wait_until(lambda: f"app[{name}]: from afar\n" in herogate("logs", "-d", name).out)
    listed = herogate("ps", "run").out
    assert f"{name} (Standard-1X): up " in listed
    assert listed.rstrip().endswith(": echo from afar; sleep 1000")
    for task in one_offs(app):
        app.client("ecs").stop_task(cluster="herogate--default", task=task["taskArn"])
    wait_until(lambda: one_offs(app) == [])


def test_what_waits_on_standard_input_is_warned_of_and_left_there(
    environment: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "input"
    file.write_text("one\ntwo\n")
    with file.open() as waiting:
        said = subprocess.run(
            ["/bin/sh", "-c", "herogate run cat && cat"],
            env=environment,
            stdin=waiting,
            capture_output=True,
            text=True,
        )
    assert (said.stdout, "no standard input" in said.stderr) == ("one\ntwo\n", True)


def test_without_a_command_its_form_is_told(herogate: Herogate) -> None:
    said = herogate("run")
    assert said.err.startswith("    Error: Usage: herogate run COMMAND\n")
    assert (said.out, said.code) == ("", 1)


@pytest.mark.parametrize(
    ("arguments", "error", "code"),
    [
        (["-s", "huge", "true"], "There is no size huge.", 2),
        (["-e", "A", "true"], "A is invalid. Must be in the format FOO=bar.", 2),
        (["--type", "clock", "true"], f"There is no process type clock of {APP}.", 2),
        (["x" * 9000], "The command and its variables take ", 2),
        (["ls", "-a"], "Option '-a' requires an argument.", 2),
        (["--unknown", "ls"], "No such option", 2),
    ],
)
def test_what_cannot_be_run_is_refused(
    herogate: Herogate, arguments: list[str], error: str, code: int
) -> None:
    said = herogate("run", *arguments)
    assert said.err.startswith(f" ›   Error: {error}")
    assert (said.out, said.code) == ("", code)
