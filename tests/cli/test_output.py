"""What is printed, to the last space."""

# ruff: noqa: RUF001 - the bar of Heroku's errors

from __future__ import annotations

import io
import sys
from datetime import UTC, datetime

import pytest

from herogate.cli import output
from herogate.errors import HerogateError, MultipleApps
from herogate.models import Space, Status

SPACE = Space(
    name="default",
    region="us-east-1",
    status=Status.READY,
    created_at=datetime(2026, 11, 22, 0, 16, 37, tzinfo=UTC),
    web_hosts=("localhost",),
)

Captured = pytest.CaptureFixture[str]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_heading_and_pairs_stand_as_on_heroku(capsys: Captured) -> None:
    output.heading("my-shop")
    output.pairs({"Git URL": "herogate://us-east-1/my-shop", "Domain": None, "Region": "us-east-1"})
    assert capsys.readouterr().out == (
        "=== my-shop\n\nGit URL: herogate://us-east-1/my-shop\nRegion:  us-east-1\n"
    )


def test_a_table_has_a_rule_under_its_headers(capsys: Captured) -> None:
    output.table(["v", "description"], [["v12", "Set FOO config vars"], ["v2", ""]])
    assert capsys.readouterr().out == (
        "  v     description\n ───────────────────────────\n  v12   Set FOO config vars\n  v2\n"
    )


def test_shell_output_can_be_read_by_a_shell(capsys: Captured) -> None:
    output.assignments({"web_url": "http://localhost:8001", "created_at": "a b", "domain": None})
    assert capsys.readouterr().out == ("web_url=http://localhost:8001\ncreated_at='a b'\ndomain=\n")


def test_json_is_the_model(capsys: Captured) -> None:
    output.document([SPACE])
    assert capsys.readouterr().out == (
        "[\n"
        "  {\n"
        '    "name": "default",\n'
        '    "region": "us-east-1",\n'
        '    "status": "ready",\n'
        '    "created_at": "2026-11-22T00:16:37Z",\n'
        '    "web_hosts": [\n'
        '      "localhost"\n'
        "    ],\n"
        '    "domain": null,\n'
        '    "availability_zones": 2,\n'
        '    "private": false,\n'
        '    "customer_key": true,\n'
        '    "log_retention_days": 365,\n'
        '    "deletion_protection": false,\n'
        '    "container_insights": "disabled",\n'
        '    "version": null\n'
        "  }\n"
        "]\n"
    )


def test_an_error_is_wrapped_behind_the_bar(capsys: Captured) -> None:
    output.fail(MultipleApps([("herogate", "young-eyrie-24091"), ("staging", "my-shop")]))
    assert capsys.readouterr().err == (
        " ›   Error: Multiple apps in git remotes\n"
        " ›     Usage: --remote staging\n"
        " ›        or: --app my-shop\n"
        " ›     Your local git repository has more than 1 app referenced in git remotes.\n"
        " ›     Because of this, we can't determine which app you want to run this\n"
        " ›   command against.\n"
        " ›     Specify the app you want with --app or --remote.\n"
        " ›     Herogate remotes in repo:\n"
        " ›     young-eyrie-24091 (herogate)\n"
        " ›     my-shop (staging)\n"
    )


def test_a_hint_stands_below_its_error(capsys: Captured) -> None:
    output.fail(HerogateError("It did not work.", "Do this.\nOr that."))
    assert capsys.readouterr().err == (
        " ›   Error: It did not work.\n ›\n ›   Do this.\n ›   Or that.\n"
    )


def test_control_characters_do_not_reach_the_terminal(capsys: Captured) -> None:
    hostile = "a\x1b]0;owned\x07b\x1b[2J\x9b31mc\r\x00d"
    output.say(hostile)
    output.warn(hostile)
    output.heading(hostile)
    captured = capsys.readouterr()
    assert [c for c in captured.out + captured.err if ord(c) < 32 and c != "\n"] == []
    assert "\x9b" not in captured.out + captured.err


def test_what_a_program_wrote_goes_into_a_file_as_it_is_and_onto_a_terminal_without_colours(
    monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    line = "\x1b[31mred\x1b[0m\tü\r"
    output.pass_on(line)
    assert capsys.readouterr().out == f"{line}\n"
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    output.pass_on(line)
    assert terminal.getvalue() == "red\tü\n"


@pytest.mark.parametrize(
    ("typed", "answer", "shown"),
    [
        pytest.param("my-shop\n", "my-shop", "", id="the terminal echoed the line's end"),
        pytest.param("", "", "\n", id="Ctrl-D"),
    ],
)
def test_after_an_answer_the_next_line_begins_at_the_left(
    monkeypatch: pytest.MonkeyPatch, capsys: Captured, typed: str, answer: str, shown: str
) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal(typed))
    assert output.ask_confirmation("my-shop", "my-shop") == answer
    assert capsys.readouterr().err.endswith(f"\n> {shown}")


@pytest.mark.parametrize(
    ("environment", "rich"),
    [
        ({"TERM": "xterm-256color"}, True),
        ({"TERM": "xterm"}, False),
        ({"TERM": "xterm", "COLORTERM": "truecolor"}, True),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, False),
        ({"TERM": "dumb"}, False),
    ],
)
def test_the_glyph_appears_only_on_a_terminal_of_256_colours(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], rich: bool
) -> None:
    for name in ("TERM", "COLORTERM", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert output.app("my-shop") == "my-shop"
    monkeypatch.setattr(sys, "stderr", Terminal())
    assert output.app("my-shop") == ("⬢ my-shop" if rich else "my-shop")
