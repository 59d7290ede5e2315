"""Tables on narrow terminals: the widest columns give way."""

from __future__ import annotations

from herogate.cli.widths import fitted

HEADERS = ["v", "description", "user"]
ROWS = [
    ("v2", "Set FOO, BAR and BAZ config vars", "dev@example.com"),
    ("v1", "Deploy 9f8e7d6c", "ada"),
]


def test_what_fits_stays_as_it_is() -> None:
    assert fitted(HEADERS, ROWS, width=57) == ROWS


def test_the_widest_column_is_wrapped_between_words() -> None:
    assert fitted(HEADERS, ROWS, width=44) == [
        ("v2", "Set FOO, BAR and", "dev@example.com"),
        ("", "BAZ config vars", ""),
        ("v1", "Deploy 9f8e7d6c", "ada"),
    ]


def test_no_column_is_narrower_than_its_header() -> None:
    lines = fitted(HEADERS, ROWS, width=1)
    assert [max(len(line[place]) for line in lines) for place in range(3)] == [1, 11, 4]
    assert "".join(line[2] for line in lines) == "dev@example.comada"


def test_a_table_without_rows_has_none() -> None:
    assert fitted(HEADERS, [], width=10) == []
