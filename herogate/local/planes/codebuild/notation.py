"""How a buildspec is written: YAML, read into sections, lists and text.

Every scalar stays the text it is written as: ``3.10`` is a version, ``yes`` a word. The text is a
stranger's: size, nesting and aliases are bounded while reading. What a buildspec may say is
``buildspec.py``'s.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import yaml

from herogate.local.planes.codebuild.failures import PhaseFailure, yaml_file_error

_SIZE_LIMIT: Final = 1_048_576
_DEPTH_LIMIT: Final = 20
_NODE_LIMIT: Final = 20_000
"""Values in a buildspec after its aliases are written out."""

_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NULLS: Final = ("", "~", "null", "Null", "NULL")


class Section(dict[str, Any]):
    """A YAML mapping that knows the line (from 1) on which it begins."""

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line


def text_of(file: Path) -> str:
    """A buildspec's text, as far as one may go and a little further."""
    with file.open("rb") as opened:
        return opened.read(_SIZE_LIMIT + 1).decode("utf-8", errors="replace")


def read(text: str) -> Any:
    """The sections, lists, texts and None that a buildspec's text stands for.

    Raises:
        PhaseFailure: it is no YAML, or out of bounds.
    """
    if len(text.encode()) > _SIZE_LIMIT:
        raise yaml_file_error(f"buildspec may not exceed {_SIZE_LIMIT} bytes")
    return _Reading(text).value()


class _Reading:
    """One reading of a text, event by event, so that its bounds hold before anything is built."""

    def __init__(self, text: str) -> None:
        self._events = _events(text)
        self._anchors: dict[str, tuple[Any, int]] = {}
        self._nodes = 0

    def value(self) -> Any:
        first = next(self._events)
        if isinstance(first, yaml.StreamEndEvent):
            return None
        return self._value(first, 0)

    def _value(self, event: Any, depth: int) -> Any:
        self._count(1)
        if depth > _DEPTH_LIMIT:
            raise yaml_file_error(f"buildspec nests deeper than {_DEPTH_LIMIT} levels")
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        before = self._nodes
        value: Any
        if isinstance(event, yaml.ScalarEvent):
            value = _scalar(event)
        elif isinstance(event, yaml.SequenceStartEvent):
            value = self._sequence(depth)
        else:
            value = self._section(event, depth)
        if event.anchor:
            self._anchors[event.anchor] = (value, self._nodes - before)
        return value

    def _count(self, nodes: int) -> None:
        self._nodes += nodes
        if self._nodes > _NODE_LIMIT:
            raise yaml_file_error(f"buildspec has more than {_NODE_LIMIT} values")

    def _alias(self, event: yaml.AliasEvent) -> Any:
        if event.anchor not in self._anchors:
            raise _malformed("unknown anchor", event.start_mark)
        value, nodes = self._anchors[event.anchor]
        self._count(nodes)
        return value

    def _sequence(self, depth: int) -> list[Any]:
        items = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            items.append(self._value(event, depth + 1))
        return items

    def _section(self, start: Any, depth: int) -> Section:
        section = Section(start.start_mark.line + 1)
        while not isinstance(key := next(self._events), yaml.MappingEndEvent):
            if not isinstance(key, yaml.ScalarEvent):
                raise _malformed("a key must be text", key.start_mark)
            section[key.value] = self._value(next(self._events), depth + 1)
        return section


def _events(text: str) -> Iterator[Any]:
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            if not isinstance(event, (yaml.StreamStartEvent, yaml.DocumentStartEvent)):
                yield event
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise _malformed(error.problem or "not YAML", mark) from error
    except (yaml.YAMLError, ValueError) as error:  # a character that YAML does not allow
        raise _malformed("control characters are not allowed", None) from error


def _scalar(event: Any) -> str | None:
    plain = event.implicit[0]
    return None if plain and event.value in _NULLS else str(event.value)


def _malformed(problem: str, mark: Any) -> PhaseFailure:
    return yaml_file_error(f"{problem} at line {mark.line + 1}" if mark else problem)
