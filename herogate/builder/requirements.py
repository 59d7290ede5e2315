"""``requirements.txt`` and the files that it includes, read as pip does and as what they are: anybody's.

A file that never ends, or one that includes itself, would otherwise be pip's to stumble over.
"""

from __future__ import annotations

import codecs
import os
import re
from collections.abc import Iterator
from pathlib import Path

from herogate.errors import BuildFailed

REQUIREMENTS = "requirements.txt"

_LIMIT_BYTES = 8 << 20
_DEPTH_LIMIT = 20
_SHOWN = 80  # characters of a name
_INCLUDED = re.compile(r"\s*(?:-r|-c|--requirement|--constraint)[\s=]+(\S+)")
_MARKED = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
"""Encodings by the mark at a file's beginning; the longer marks go first."""


def texts(source: Path) -> list[str]:
    """The requirements of an app with all they include, each file once.

    Raises:
        BuildFailed: one of them cannot be read or includes itself, or they are too many.
    """
    read: dict[Path, str] = {}
    _read(source / REQUIREMENTS, REQUIREMENTS, (), read)
    return list(read.values())


def _read(file: Path, name: str, within: tuple[Path, ...], read: dict[Path, str]) -> None:
    place = Path(os.path.normpath(file))
    if place in within:
        raise BuildFailed(f"{name} includes itself.", "Take out the line that does.")
    if place in read:
        return
    left = _LIMIT_BYTES - sum(map(len, read.values()))
    if len(within) > _DEPTH_LIMIT or left < 0:
        raise BuildFailed(f"{REQUIREMENTS} includes too much.", "Write it out, in one file.")
    read[place] = _text(place, name, left)
    for included in _included(read[place]):
        _read(place.parent / included, included[:_SHOWN], (*within, place), read)


def _included(text: str) -> Iterator[str]:
    """The files that a file includes; what is on the internet is not looked at."""
    found = (_INCLUDED.match(line) for line in text.splitlines())
    return (name[1] for name in found if name and ":/" not in name[1])


def _text(file: Path, name: str, limit: int) -> str:
    try:
        if not file.is_file():
            raise BuildFailed(f"{name} is no file that can be read.")
        with file.open("rb") as opened:
            content = opened.read(limit + 1)
        if len(content) > limit:
            raise BuildFailed(f"{name} is too large: {_LIMIT_BYTES} bytes are the most.")
        return content.decode(_encoding(content))
    except OSError as error:
        raise BuildFailed(f"{name} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise BuildFailed(f"{name} is no text: {error}.", "Write it in UTF-8.") from error


def _encoding(content: bytes) -> str:
    return next((name for mark, name in _MARKED.items() if content.startswith(mark)), "utf-8")
