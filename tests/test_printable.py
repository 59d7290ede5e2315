"""Text as a terminal may be given it."""

from __future__ import annotations

import pytest

from herogate.printable import clipped, in_one_line, printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain ünïcödé 日本 👩‍👧", "plain ünïcödé 日本 👩‍👧"),
        ("a\tb\nc", "a\tb\nc"),
        ("\x1b[1;31mred\x1b[0m \x9b32mgreen", "red green"),
        ("\x1b]0;title\x07rest", "]0;titlerest"),
        ("one\rtwo\x08\x7f", "onetwo"),
        ("\u202eabc\u2066\u200f", "abc"),
        ("\u206aa\ufff9b\ufffac\ufffb", "abc"),
        ("a\u2028b\u2029c", "abc"),
        ("\udc9b\ud800half", "half"),
    ],
)
def test_nothing_is_left_that_a_terminal_obeys(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_a_cell_stays_in_its_line() -> None:
    assert in_one_line("one\n\ttwo\x1b[2J") == "one two"


@pytest.mark.parametrize(
    ("text", "columns", "shown"),
    [
        ("plain", 9, "plain"),
        ("plain", 3, "pla"),
        ("⬢ shop", 3, "⬢ s"),
        ("日本語", 5, "日本"),
        ("e\u0301te\u0301", 2, "e\u0301t"),
        ("日本", 4, "日本"),
    ],
)
def test_a_line_is_cut_where_the_terminal_ends(text: str, columns: int, shown: str) -> None:
    assert clipped(text, columns) == shown
