"""What a one-off is started with, and that a real shell makes of it what was meant."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Sequence

import pytest

from herogate.aws.ecs_tasks import OVERRIDES_LIMIT, Overrides
from herogate.engine import one_off_command
from herogate.engine.sizes import Capacity
from herogate.errors import InvalidRequest

CAPACITY = Capacity(cpu_units=512, memory_mib=1024)


def overrides(
    line: str, *, config: Sequence[str] = (), has_shell: bool = True, **environment: str
) -> Overrides:
    return one_off_command.overrides(
        line, shell=has_shell, environment=environment, config=config, capacity=CAPACITY
    )


def run(overridden: Overrides, **before: str) -> tuple[str, int]:
    """What is written by a container so started, and its exit code."""
    ended = subprocess.run(
        ["/bin/sh", "-c", *overridden.command],
        env={"PATH": os.environ["PATH"], **before, **overridden.environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        start_new_session=True,
    )
    return ended.stdout, ended.returncode


def test_a_command_takes_the_shells_place_and_is_told_by_its_line() -> None:
    assert overrides("rake db:migrate", A="1") == Overrides(
        process_type="run",
        command=("exec rake db:migrate", "rake db:migrate"),
        environment={"A": "1"},
        cpu_units=512,
        memory_mib=1024,
    )


def test_several_words_are_taken_to_the_letter() -> None:
    words = ["printf", "%s|", "a b", "it's", '"q"', "$HOME", "`id`", "*", "ü\n\\n", "", "-a", "#"]
    line = one_off_command.line(words)
    assert run(overrides(line)) == ("|".join([*words[2:], ""]), 0)


@pytest.mark.parametrize(
    ("line", "written", "code"),
    [
        ('echo "$A" | tr a b; exit 3', "bbc\n", 3),
        ("echo one\necho two", "one\ntwo\n", 0),
        ("exit 255", "", 255),
        ("echo $((1 + 2)) # and so on", "3\n", 0),
        ("for x in a b; do echo $x; done", "a\nb\n", 0),
        ("nothing-of-this-name", "", 127),
    ],
)
def test_a_line_is_the_shells(line: str, written: str, code: int) -> None:
    assert run(overrides(one_off_command.line([line])), A="aac") == (written, code)


def test_a_signal_is_passed_on() -> None:
    assert run(overrides("kill -9 $$"))[1] in (-signal.SIGKILL, 128 + signal.SIGKILL)
    assert run(overrides("echo a | sh -c 'kill -9 $$'"))[1] == 128 + signal.SIGKILL


def test_a_variable_given_with_a_run_stands_before_a_config_var_whatever_ecs_does() -> None:
    given = overrides(
        'echo "$KEY $OTHER"; env | grep -c GIVEN', config=["KEY"], KEY="a b", OTHER="o"
    )
    assert given.environment == {"HEROGATE_GIVEN_KEY": "a b", "OTHER": "o"}
    assert run(given, KEY="the app's") == ("a b o\n0\n", 1)


@pytest.mark.parametrize("line", ["rake 'db:migrate'", "a | b", "sleep 5; echo 'x y'"])
def test_the_line_is_told_as_it_was_typed(line: str) -> None:
    assert one_off_command.told(overrides(line).command, shell=True) == line


def test_without_a_shell_the_words_go_to_the_image() -> None:
    line = one_off_command.line(["app", "a b"])
    command = overrides(line, has_shell=False).command
    assert (command, one_off_command.told(command, shell=False)) == (("app", "a b"), "app 'a b'")


def test_nothing_is_told_of_a_process_started_as_its_definition_says() -> None:
    assert one_off_command.told((), shell=True) is None


def test_a_long_line_is_run_and_told_as_the_shell_was_told_it() -> None:
    line = "echo " + "x" * 6000
    command = overrides(line).command
    assert (run(overrides(line)), command) == (("x" * 6000 + "\n", 0), (f"exec {line}",))


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ([""], "There is no command"),
        ([" "], "There is no command"),
        (["a\0b"], "The command is not text"),
        (["a", "\udcff"], "The command is not text"),
        (["echo " + "x" * OVERRIDES_LIMIT], "a one-off process can be given 8,192"),
    ],
)
def test_what_no_process_can_be_given_is_refused(words: list[str], reason: str) -> None:
    with pytest.raises(InvalidRequest, match=reason):
        overrides(one_off_command.line(words))


def test_without_a_shell_what_needs_one_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="needs a shell"):
        overrides("a | b", has_shell=False)
    with pytest.raises(InvalidRequest, match="KEY cannot be given"):
        overrides("a", config=["KEY"], has_shell=False, KEY="1")


def test_a_value_that_is_no_text_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="The value of A is not text"):
        overrides("true", A="\udcff")
