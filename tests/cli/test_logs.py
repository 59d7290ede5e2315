"""`logs`: lines in Heroku's form, and which flags go together."""

from __future__ import annotations

import io
import sys
from datetime import UTC, datetime, timedelta

import pytest
from command_line import Herogate

from herogate.cli import logs
from herogate.models import LogLine, LogSource

TIME = datetime(2026, 1, 1, 0, 0, 3, 123_000, tzinfo=UTC)
LINES = [
    LogLine(time=TIME, source=LogSource.APP, process="web.3f9a1c2e", message="GET /\x1b[2J \x07ok"),
    LogLine(
        time=TIME + timedelta(seconds=1), source=LogSource.HEROGATE, process="build.12", message=""
    ),
]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_lines_are_as_on_heroku_and_do_nothing_to_a_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    logs.shown(LINES, coloured=True)
    assert capsys.readouterr().out == (
        "2026-01-01T00:00:03.123000+00:00 app[web.3f9a1c2e]: GET / ok\n"
        "2026-01-01T00:00:04.123000+00:00 herogate[build.12]: \n"
    )


@pytest.mark.parametrize(("coloured", "escapes"), [(True, 2), (False, 0)])
def test_a_terminal_shows_who_writes_in_a_colour(
    monkeypatch: pytest.MonkeyPatch, coloured: bool, escapes: int
) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    logs.shown(LINES[:1], coloured=coloured)
    assert terminal.getvalue().count("\x1b") == escapes


def test_colours_can_be_forced_into_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    logs.shown(LINES[:1], coloured=True, is_forced=True)
    assert capsys.readouterr().out.count("\x1b") == 2


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (("-n", "0"), "0 is not in the range x>=1."),
        (("-s", "router"), "'router' is not one of 'app', 'herogate', 'heroku'."),
        (("-d", "web"), "web is not a process."),
        (
            ("-p", "worker", "-d", "web.1"),
            "--process-type says worker, but --process-name says web.1.",
        ),
    ],
)
def test_flags_that_mean_nothing_are_refused(
    herogate: Herogate, flags: tuple[str, ...], message: str
) -> None:
    said = herogate("logs", "-a", "my-shop", "--region", "us-east-1", *flags)
    assert (said.out, said.code) == ("", 2)
    assert message in " ".join(word for word in said.err.split() if word.isascii())
