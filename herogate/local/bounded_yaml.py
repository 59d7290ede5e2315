"""YAML that a stranger wrote, read event by event, so that its bounds hold before anything is built.

What its values mean, and how a breach is told, is the `Grammar`'s to say. An alias counts for all that
it stands for: written out, a text of a few lines may have more values than memory has room for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import yaml

_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Malformed = Callable[[str, Any], Exception]
"""What is raised of what is wrong and where (yaml's mark), or None where nobody knows."""


@dataclass(frozen=True, kw_only=True)
class Grammar:
    """What the values of a kind of document mean. Scalars and starts are yaml's events.

    Attributes:
        depth_limit: how many levels a document may nest.
        value_limit: how many values it may have, with its aliases written out.
        scalar: what a scalar is.
        sequence, mapping: what a collection of these members is.
        malformed: what is raised if it is no YAML, or of a kind that the document may not have.
        too_deep, too_many: what is raised beyond the limits.
    """

    depth_limit: int
    value_limit: int
    scalar: Callable[[Any], Any]
    sequence: Callable[[Any, list[Any]], Any]
    mapping: Callable[[Any, dict[str, Any]], Any]
    malformed: Malformed
    too_deep: Callable[[], Exception]
    too_many: Callable[[], Exception]


def read(text: str, grammar: Grammar) -> Any:
    """What the one document of a text stands for; None for an empty text.

    Raises:
        Exception: the grammar's.
    """
    return _Reading(text, grammar).document()


class _Reading:
    def __init__(self, text: str, grammar: Grammar) -> None:
        self._grammar = grammar
        self._events = _events(text, grammar.malformed)
        self._anchors: dict[str, tuple[Any, int]] = {}
        self._values = 0

    def document(self) -> Any:
        first = next(self._events)
        if isinstance(first, yaml.StreamEndEvent):
            return None
        value = self._value(first, 0)
        next(self._events)  # the document's end
        if not isinstance(following := next(self._events), yaml.StreamEndEvent):
            raise self._grammar.malformed("a second document begins", following.start_mark)
        return value

    def _value(self, event: Any, depth: int) -> Any:
        self._count(1)
        if depth > self._grammar.depth_limit:
            raise self._grammar.too_deep()
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        before = self._values
        if isinstance(event, yaml.ScalarEvent):
            value = self._grammar.scalar(event)
        elif isinstance(event, yaml.SequenceStartEvent):
            value = self._grammar.sequence(event, self._items(depth))
        else:
            value = self._grammar.mapping(event, self._members(depth))
        if event.anchor:
            self._anchors[event.anchor] = (value, self._values - before)
        return value

    def _count(self, values: int) -> None:
        self._values += values
        if self._values > self._grammar.value_limit:
            raise self._grammar.too_many()

    def _alias(self, event: yaml.AliasEvent) -> Any:
        if event.anchor not in self._anchors:
            raise self._grammar.malformed("unknown anchor", event.start_mark)
        value, values = self._anchors[event.anchor]
        self._count(values)
        return value

    def _items(self, depth: int) -> list[Any]:
        items = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            items.append(self._value(event, depth + 1))
        return items

    def _members(self, depth: int) -> dict[str, Any]:
        members = {}
        while not isinstance(key := next(self._events), yaml.MappingEndEvent):
            if not isinstance(key, yaml.ScalarEvent):
                raise self._grammar.malformed("a key must be text", key.start_mark)
            members[key.value] = self._value(next(self._events), depth + 1)
        return members


def _events(text: str, malformed: Malformed) -> Iterator[Any]:
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            if not isinstance(event, (yaml.StreamStartEvent, yaml.DocumentStartEvent)):
                yield event
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise malformed(error.problem or "not YAML", mark) from error
    except (yaml.YAMLError, ValueError) as error:  # a character that YAML does not allow
        raise malformed("control characters are not allowed", None) from error
