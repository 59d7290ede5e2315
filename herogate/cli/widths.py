"""How a table is made to fit a terminal: its widest columns are wrapped. Pure."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from itertools import zip_longest

_BEFORE = 2  # characters before a table's first column
_BETWEEN = 3


def fitted(
    headers: Sequence[str], rows: Sequence[Sequence[str]], *, width: int
) -> list[Sequence[str]]:
    """Rows, of which those too wide go on in the next one; no column is narrower than its header."""
    widths = [max(map(len, column)) for column in zip(headers, *rows, strict=True)]
    room = width - _BEFORE - _BETWEEN * (len(headers) - 1)
    while sum(widths) > room:
        spare = [has - len(header) for has, header in zip(widths, headers, strict=True)]
        if not any(spare):
            break
        widest = max((has, place) for place, has in enumerate(widths) if spare[place])[1]
        widths[widest] -= 1
    return [line for row in rows for line in _wrapped(row, widths)]


def _wrapped(row: Sequence[str], widths: Sequence[int]) -> list[Sequence[str]]:
    parts = [
        [cell] if len(cell) <= width else textwrap.wrap(cell, width, break_on_hyphens=False)
        for cell, width in zip(row, widths, strict=True)
    ]
    return list(zip_longest(*parts, fillvalue=""))
