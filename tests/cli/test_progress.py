"""The line of an action: rewritten on a terminal, plain elsewhere."""

# ruff: noqa: RUF001 - the bar of Heroku's errors

from __future__ import annotations

import io
import os
import pty
import re
import signal
import sys
import termios
import time
from collections.abc import Callable, Generator

import pytest

import herogate.cli.progress
from herogate.cli.detached import Detached
from herogate.cli.progress import action, answer, follow, perform, status
from herogate.engine.work import Work
from herogate.errors import CreationFailed
from herogate.interruptions import Interrupted, Interruptions
from herogate.models import Event, Setback, StackProgress

Captured = pytest.CaptureFixture[str]
LEFT = "See `herogate info`."
INTERRUPTED = Interrupted(signal.SIGINT, Interruptions())


def progress(done: int, *waiting_for: str) -> StackProgress:
    return StackProgress(stack="s", done=done, total=7, waiting_for=waiting_for)


def work(*events: Event | BaseException) -> Callable[[], Work[None]]:
    def steps() -> Generator[Event, None, None]:
        for event in events:
            if isinstance(event, BaseException):
                raise event
            yield event

    return lambda: Work("my-shop", steps())


@pytest.mark.parametrize(
    ("event", "seconds", "text"),
    [
        (progress(0), 0.4, "0/7 (0s)"),
        (progress(3, "Listener"), 12.9, "3/7, waiting for Listener (12s)"),
        (StackProgress(stack="s", done=0, total=0), 2, "cleaning up (2s)"),
        (progress(3, "Vpc", "Bucket", "Table"), 61, "3/7, waiting for Vpc and 2 more (1m01s)"),
    ],
)
def test_progress_says_how_far_and_what_is_waited_for(
    event: StackProgress, seconds: float, text: str
) -> None:
    assert status(event, seconds) == text


def test_work_that_succeeds_is_one_line_as_on_heroku(capsys: Captured) -> None:
    follow(work(progress(1), progress(7)), "Creating my-shop", left=LEFT)
    assert capsys.readouterr() == ("", "Creating my-shop... done\n")


def test_work_left_to_aws_is_not_followed(capsys: Captured) -> None:
    follow(
        work(progress(1), AssertionError()),
        "Creating my-shop",
        left=LEFT,
        done="accepted",
        wait=False,
    )
    assert capsys.readouterr() == ("", "Creating my-shop... accepted\n")


def test_a_setback_is_told_and_the_work_goes_on(capsys: Captured) -> None:
    setback = Setback(reason="Role: no", next_step="Trying once more")
    follow(work(progress(1), setback, progress(7)), "Creating my-shop", left=LEFT)
    assert capsys.readouterr().err == (
        "Creating my-shop... !\n"
        " ›   Warning: Role: no\n"
        " ›   Trying once more.\n"
        "Creating my-shop... done\n"
    )


def test_work_that_fails_ends_its_line_before_the_error(capsys: Captured) -> None:
    with pytest.raises(CreationFailed):
        follow(work(progress(1), CreationFailed("no")), "Creating my-shop", left=LEFT)
    assert capsys.readouterr().err == "Creating my-shop... !\n"


def test_ctrl_c_detaches(capsys: Captured) -> None:
    with pytest.raises(Detached) as detached:
        follow(work(progress(1), INTERRUPTED), "Creating my-shop", left=LEFT)
    assert (detached.value.message, detached.value.exit_code) == (
        f"AWS goes on with what it has accepted. {LEFT}",
        130,
    )
    assert capsys.readouterr().err == "Creating my-shop... detached\n"


def test_ctrl_c_in_what_goes_on_without_a_watcher_detaches_and_elsewhere_ends_it(
    capsys: Captured,
) -> None:
    def wait() -> None:
        raise INTERRUPTED

    with pytest.raises(Detached, match=re.escape(LEFT)):
        perform("Waiting", wait, done=str, left=LEFT)
    with pytest.raises(Interrupted):
        perform("Opening", wait, done=str)
    assert capsys.readouterr().err == "Waiting... detached\nOpening... !\n"


def test_a_terminal_sees_the_line_rewritten(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = io.StringIO()
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    follow(work(progress(1, "Listener"), progress(7)), "Creating my-shop", left=LEFT)
    assert terminal.getvalue() == (
        "\r\x1b[KCreating my-shop... "
        "\r\x1b[KCreating my-shop... 1/7, waiting for Listener (0s)"
        "\r\x1b[KCreating my-shop... 7/7 (0s)"
        "\r\x1b[KCreating my-shop... done\n"
    )


def test_a_terminal_that_cannot_rewrite_a_line_is_not_asked_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    terminal = io.StringIO()
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "dumb")
    follow(work(progress(1, "Listener"), progress(7)), "Creating my-shop", left=LEFT)
    assert terminal.getvalue() == "Creating my-shop... done\n"


def test_a_line_is_never_wider_than_the_terminal_though_standard_output_is_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    parent, child = pty.openpty()
    termios.tcsetwinsize(child, (24, 30))
    with os.fdopen(child, "w") as terminal, os.fdopen(parent, "rb") as screen:
        monkeypatch.setattr(sys, "stderr", terminal)
        monkeypatch.setenv("TERM", "xterm")
        follow(work(progress(1, "Listener"), progress(7)), "Creating my-shop", left=LEFT)
        shown = screen.readline().decode()
    assert shown == (
        "\r\x1b[KCreating my-shop... "
        "\r\x1b[KCreating my-shop... 1/7, wait"
        "\r\x1b[KCreating my-shop... 7/7 (0s)"
        "\r\x1b[KCreating my-shop... done\r\n"
    )


def test_an_action_tells_its_end(capsys: Captured) -> None:
    with action("Opening my-shop"):
        pass
    assert capsys.readouterr() == ("", "Opening my-shop... done\n")


def test_a_title_stays_in_its_line(capsys: Captured) -> None:
    with action("Removing schedule x\nCreating my-shop... done\x1b[A"):
        pass
    assert capsys.readouterr().err == "Removing schedule x Creating my-shop... done... done\n"


def test_where_no_line_can_be_rewritten_one_comes_now_and_then(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said = io.StringIO()
    monkeypatch.setattr(sys, "stderr", said)
    monkeypatch.setattr(herogate.cli.progress, "_PLAIN_INTERVAL_SECONDS", 0.001)

    def wait() -> None:
        while said.getvalue().count("\n") < 2:
            time.sleep(0.001)

    perform("Waiting", wait, done=lambda _: "done, v2 is live")
    *waiting, end = said.getvalue().splitlines()
    assert {re.sub(r"\d+", "<n>", line) for line in waiting} == {"Waiting... (<n>s)"}
    assert end == "Waiting... done, v2 is live"


def test_what_is_asked_is_shown_while_it_lasts_and_not_afterwards(
    monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    assert answer("Asking", lambda: 42) == 42
    assert capsys.readouterr() == ("", "")
    terminal = io.StringIO()
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    assert answer("Asking", lambda: 42) == 42
    assert terminal.getvalue() == "\r\x1b[KAsking... \r\x1b[K"


def test_ctrl_c_while_work_begins_detaches_too(capsys: Captured) -> None:
    with pytest.raises(Detached):
        follow(work(INTERRUPTED), "Creating my-shop", left=LEFT)
    assert capsys.readouterr().err == "Creating my-shop... detached\n"
