"""Tables whose columns and rows the reader chooses, as Heroku's listings let him."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

import click

from herogate.cli import output
from herogate.errors import InvalidRequest

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, kw_only=True)
class Shape:
    """What of a table is shown, and how.

    Attributes:
        columns: names of those shown; none for all.
        phrase: rows without it are left out.
        sorting: name of the column by which rows stand, from the highest on behind a ``-``.
    """

    columns: Sequence[str] = ()
    phrase: str = ""
    sorting: str = ""
    is_csv: bool = False
    wraps: bool = True


def options(function: F) -> F:
    """Add ``--columns``, ``--filter``, ``--sort``, ``--csv``; the command gets a `shape`."""

    @click.option("--columns", default="", help="only these columns, between commas")
    @click.option("--filter", "phrase", default="", help="only rows that hold this")
    @click.option("--sort", "sorting", default="", help="by this column; -NAME from the highest on")
    @click.option("-c", "--csv", "is_csv", is_flag=True, help="output in csv format")
    @click.option(
        "-x", "--extended", is_flag=True, help="for Heroku's users: every column is shown"
    )
    @click.option("--no-wrap", is_flag=True, help="no line is wrapped, however narrow the terminal")
    @wraps(function)
    def wrapper(
        columns: str,
        phrase: str,
        sorting: str,
        *,
        is_csv: bool,
        extended: bool,  # noqa: ARG001
        no_wrap: bool,
        **arguments: Any,
    ) -> Any:
        shape = Shape(
            columns=[name.strip() for name in columns.split(",") if name.strip()],
            phrase=phrase,
            sorting=sorting,
            is_csv=is_csv,
            wraps=not no_wrap,
        )
        return function(shape=shape, **arguments)

    return wrapper  # type: ignore[return-value]


def show(shape: Shape, headers: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print what was chosen of a table."""
    if shape.is_csv:
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows([headers, *rows])
        output.say(text.getvalue().rstrip("\n"))
    else:
        output.table(headers, rows, wraps=shape.wraps)


def chosen(
    shape: Shape, headers: Sequence[str], rows: Sequence[Sequence[str]]
) -> tuple[Sequence[str], Sequence[Sequence[str]]]:
    """The columns and rows that a shape lets through. Raises `InvalidRequest` for an unknown column."""
    kept = [row for row in rows if any(shape.phrase in cell for cell in row)]
    if shape.sorting:
        by = _place(headers, shape.sorting.removeprefix("-"))
        kept.sort(key=lambda row: row[by], reverse=shape.sorting.startswith("-"))
    places = [_place(headers, name) for name in shape.columns] or range(len(headers))
    return [headers[place] for place in places], [[row[place] for place in places] for row in kept]


def _place(headers: Sequence[str], name: str) -> int:
    for place, header in enumerate(headers):
        if header.lower() == name.lower():
            return place
    raise InvalidRequest(f"There is no column {name}.", f"The columns are {', '.join(headers)}.")
