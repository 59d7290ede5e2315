"""Tables on narrow terminals: the widest columns give way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain

import pytest

from herogate.cli.widths import fitted

HEADERS = ["v", "description", "user"]
ROWS = [
    ("v2", "Set FOO, BAR and BAZ config vars", "dev@example.com"),
    ("v1", "Deploy 9f8e7d6c", "ada"),
]


def test_what_fits_stays_as_it_is() -> None:
    assert fitted(HEADERS, ROWS, width=58) == ([tuple(HEADERS)], ROWS)


def test_the_widest_column_is_wrapped_between_words() -> None:
    assert fitted(HEADERS, ROWS, width=45) == (
        [tuple(HEADERS)],
        [
            ("v2", "Set FOO, BAR and", "dev@example.com"),
            ("", "BAZ config vars", ""),
            ("v1", "Deploy 9f8e7d6c", "ada"),
        ],
    )


def test_a_column_as_wide_as_its_header_gives_way_last() -> None:
    lines = [*chain(*fitted(HEADERS, ROWS, width=25))]
    assert widths(lines) == [1, 11, 4]
    assert "".join(line[2] for line in lines) == "userdev@example.comada"


def test_headers_are_wrapped_where_nothing_else_is_left() -> None:
    headers = ["type", "size", "qty", "cost/hour", "max cost/month"]
    rows = [("web", "Standard-1X", "2", "~$0.012", "$18.02")]
    assert fitted(headers, rows, width=40) == (
        [
            ("type", "size", "qty", "cost/ho", "max"),
            ("", "", "", "ur", "cost/mo"),
            ("", "", "", "", "nth"),
        ],
        [
            ("web", "Stan", "2", "~$0.012", "$18.02"),
            ("", "dard", "", "", ""),
            ("", "-1X", "", "", ""),
        ],
    )


@pytest.mark.parametrize("width", [1, 20, 40, 80])
def test_nothing_is_lost_however_narrow_the_terminal(width: int) -> None:
    headers = ["", "Change", "Properties"]
    rows = [("+", "add", "Code, Environment"), ("±", "replace, data lost", "")]
    lines = [*chain(*fitted(headers, rows, width=width))]
    for place, column in enumerate(zip(headers, *rows, strict=True)):
        assert unspaced(line[place] for line in lines) == unspaced(column)


def test_a_table_without_rows_has_none() -> None:
    assert fitted(HEADERS, [], width=80) == ([tuple(HEADERS)], [])


def widths(lines: Sequence[Sequence[str]]) -> list[int]:
    """How wide each column is."""
    return [max(map(len, column)) for column in zip(*lines, strict=True)]


def unspaced(texts: Iterable[str]) -> str:
    return "".join("".join(texts).split())
