"""What a push tells at a terminal while nothing comes."""

from __future__ import annotations

import sys

import pytest
from terminals import Terminal
from waiting import wait_until

from herogate.gitremote import talk


def test_a_silence_is_told_of_until_something_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    with talk.Silence() as silence:
        wait_until(lambda: "s)" in terminal.shown)
        silence.broken()
        talk.remote("-----> Launching...")
    *waiting, end = terminal.shown.split("\r\x1b[K")
    assert waiting[:2] == ["", "remote: ... (1s)"]
    assert end == "remote: -----> Launching...\n"


def test_nobody_who_cannot_see_it_vanish_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with talk.Silence():
        talk.remote("-----> Launching...")
    assert capsys.readouterr().err == "remote: -----> Launching...\n"
