"""What docker is given to build with: how large it is, and what of it is the largest.

``.dockerignore`` is read as docker reads it: Go's patterns, ``**``, exceptions by ``!``, the last
pattern that matches decides.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

LARGE_BYTES = 500 * 1000**2
"""From here on it is worth a word: to send this much takes longer than most builds."""

_IGNORE = ".dockerignore"
_IGNORE_LIMIT_BYTES = 1 << 20
_SHOWN = 3
_SHARE = 100  # what has less than a hundredth of all is not worth naming


@dataclass(frozen=True, kw_only=True)
class Context:
    """The files that docker may copy into an image.

    Attributes:
        largest: names at its top and their bytes, the largest first.
    """

    size_bytes: int
    largest: tuple[tuple[str, int], ...] = ()

    @property
    def complaint(self) -> str | None:
        """What to say of one that is too large; None if it is not."""
        if self.size_bytes < LARGE_BYTES:
            return None
        worth = [each for each in self.largest if each[1] * _SHARE >= self.size_bytes]
        named = ", ".join(f"{name} {_told(size)}" for name, size in worth)
        return f"The build context has {_told(self.size_bytes)} (largest: {named})."


def measured(directory: Path, dockerfile: str) -> Context:
    """The context of a directory, without what is ignored."""
    patterns = _patterns(directory, dockerfile)
    sizes: Counter[str] = Counter()
    for name, size in _files(directory, "", patterns):
        sizes[name.split("/")[0]] += size
    return Context(size_bytes=sizes.total(), largest=tuple(sizes.most_common(_SHOWN)))


@dataclass(frozen=True, kw_only=True)
class Pattern:
    """A line of ``.dockerignore``."""

    expression: re.Pattern[str]
    is_exception: bool


def patterns(text: str) -> tuple[Pattern, ...]:
    """The patterns of a ``.dockerignore``."""
    found = []
    for line in text.removeprefix("\ufeff").splitlines():
        written = line.strip()
        if not written or line.startswith("#"):
            continue
        is_exception = written.startswith("!")
        name = os.path.normpath(written.removeprefix("!").strip()).lstrip("/")
        if name != ".":
            found.append(Pattern(expression=_expression(name), is_exception=is_exception))
    return tuple(found)


def is_ignored(name: str, patterns: Sequence[Pattern]) -> bool:
    """Whether a file is left out: by the last pattern for it, or for a directory that it is in."""
    places = [name]
    while "/" in places[-1]:
        places.append(places[-1].rpartition("/")[0])
    ignored = False
    for pattern in patterns:
        if pattern.is_exception == ignored and any(map(pattern.expression.fullmatch, places)):
            ignored = not pattern.is_exception
    return ignored


def _patterns(directory: Path, dockerfile: str) -> tuple[Pattern, ...]:
    for name in (f"{dockerfile}{_IGNORE}", _IGNORE):
        file = directory / name
        if file.is_file() and file.stat().st_size <= _IGNORE_LIMIT_BYTES:
            return patterns(file.read_text(encoding="utf-8", errors="replace"))
    return ()


def _files(directory: Path, above: str, patterns: Sequence[Pattern]) -> Iterator[tuple[str, int]]:
    """The plain files below a directory that are not ignored, and their bytes."""
    has_exceptions = any(pattern.is_exception for pattern in patterns)
    with os.scandir(directory) as entries:
        for entry in entries:
            name = f"{above}{entry.name}"
            ignored = is_ignored(name, patterns)
            if entry.is_dir(follow_symlinks=False):
                if not ignored or has_exceptions:
                    yield from _files(Path(entry.path), f"{name}/", patterns)
            elif not ignored and entry.is_file(follow_symlinks=False):
                yield name, entry.stat(follow_symlinks=False).st_size


def _expression(pattern: str) -> re.Pattern[str]:
    """Go's file pattern as a regular expression; one that cannot be read matches nothing."""
    told, rest = "", pattern
    while rest:
        if rest.startswith("**"):
            rest = rest[2:].removeprefix("/")
            told += "(?:.*/)?" if rest else ".*"
            continue
        letter, rest = rest[0], rest[1:]
        end = rest.find("]", 1)
        if letter == "[" and end > 0:
            told += f"[{rest[:end]}]"
            rest = rest[end + 1 :]
        elif letter == "\\" and rest:
            told, rest = told + re.escape(rest[0]), rest[1:]
        else:
            told += {"*": "[^/]*", "?": "[^/]"}.get(letter, re.escape(letter))
    try:
        return re.compile(told, re.DOTALL)
    except re.error:
        return re.compile(r"(?!)")


def _told(size: int) -> str:
    return f"{size / 1000**3:.1f} GB" if size >= 1000**3 else f"{size // 1000**2} MB"
