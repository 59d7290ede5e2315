"""How a table is made to fit a terminal: its widest columns are wrapped. Pure."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from itertools import zip_longest

Row = Sequence[str]

_AROUND = 3  # characters before a table's first column, and one by which its rule is longer
_BETWEEN = 3
_NARROWEST = 3


def fitted(headers: Row, rows: Sequence[Row], *, width: int) -> tuple[Sequence[Row], Sequence[Row]]:
    """The lines of the headers and of the rows, of which what is too wide goes on in the next line.

    Headers are wrapped last, where no other column has anything left to give.
    """
    widths = [max(map(len, column)) for column in zip(headers, *rows, strict=True)]
    room = width - _AROUND - _BETWEEN * (len(headers) - 1)
    for least in _least(headers):
        while sum(widths) > room and any(map(int.__gt__, widths, least)):
            widest = max((has, place) for place, has in enumerate(widths) if has > least[place])[1]
            widths[widest] -= 1
    return _wrapped(headers, widths), [line for row in rows for line in _wrapped(row, widths)]


def _least(headers: Row) -> Iterator[Sequence[int]]:
    """How wide columns are at least: as their headers, as the words of these, as little as can be."""
    yield [len(header) or 1 for header in headers]
    yield [max(map(len, header.split()), default=1) for header in headers]
    yield [min(len(header) or 1, _NARROWEST) for header in headers]


def _wrapped(row: Row, widths: Sequence[int]) -> list[Row]:
    parts = [_parts(cell, width) for cell, width in zip(row, widths, strict=True)]
    return list(zip_longest(*parts, fillvalue=""))


def _parts(cell: str, width: int) -> list[str]:
    """A cell's lines, each of whole words as far as these are not too long themselves."""
    if len(cell) <= width:
        return [cell]
    lines = textwrap.wrap(cell, width, break_long_words=False, break_on_hyphens=False)
    return [line[start : start + width] for line in lines for start in range(0, len(line), width)]
