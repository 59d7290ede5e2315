"""Text as a terminal may be given it: nothing in it can move, rename, recolour or reorder what is shown.

What an app, a build, a pusher or AWS says goes through here before it reaches somebody's terminal.
"""

from __future__ import annotations

import os
import re
from typing import TextIO

_COLOURS = r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
"""Taken out whole, so that no digits of a colour are left."""

_CONTROLS = r"[\x00-\x08\x0b-\x1f\x7f-\x9f]"
_DIRECTIONS = "[\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f]"
_ANNOTATIONS = "[\ufff9-\ufffb]"
_BREAKS = "[\u2028\u2029]"
_HALVES = "[\ud800-\udfff]"
_TAGS = "[\U000e0000-\U000e007f]"
_UNWANTED = re.compile(
    "|".join((_COLOURS, _CONTROLS, _DIRECTIONS, _ANNOTATIONS, _BREAKS, _HALVES, _TAGS))
)
_LINE_ENDS = re.compile(r"[\t\n]+")


def printable(text: str) -> str:
    """Text without control characters, but for tabs and the ends of lines."""
    return _UNWANTED.sub("", text)


def clipped(text: str, columns: int) -> str:
    """As much of a line as a terminal shows in so many columns; some characters take two, some none."""
    if text.isascii():
        return text[:columns]
    from unicodedata import combining, east_asian_width

    used = 0
    for place, character in enumerate(text):
        used += 0 if combining(character) else 2 if east_asian_width(character) in "FW" else 1
        if used > columns:
            return text[:place]
    return text


def is_live(stream: TextIO) -> bool:
    """Whether a stream leads to a terminal on which a line already shown can be written over."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def in_one_line(text: str) -> str:
    """Printable text that stays in the line, or the cell of a table, into which it is put."""
    return _LINE_ENDS.sub(" ", printable(text))
