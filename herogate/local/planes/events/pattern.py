"""EventBridge's event patterns: whether an event is one that a rule asks for.

An event is compared leaf by leaf: a field's leaves are its scalar, or the scalars of its array; an
object or an empty array is no leaf. Pure. What a leaf may be compared with is ``matching.py``'s.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from herogate.local.planes.events.matching import InvalidPattern, Test, comparison

__all__ = ["EventPattern", "InvalidPattern"]

_OR = "$or"
_RESERVED_IN_OR = frozenset(
    {
        "anything-but",
        "cidr",
        "equals-ignore-case",
        "exactly",
        "exists",
        "numeric",
        "prefix",
        "suffix",
        "wildcard",
    }
)
_DEPTH = 50


@dataclass(frozen=True, kw_only=True)
class _Field:
    """A field whose leaves must pass one of the tests."""

    tests: tuple[Test, ...]

    def matches(self, value: Any) -> bool:
        leaves = tuple(_leaves(value))
        return any(test(leaves) for test in self.tests)


@dataclass(frozen=True, kw_only=True)
class _Object:
    """An object all of whose named fields match, and one alternative of ``$or`` if there are any."""

    fields: Mapping[str, _Object | _Field]
    alternatives: tuple[_Object, ...] = ()

    def matches(self, value: Any) -> bool:
        """Of an array, one element must match as a whole; what is no object has no field."""
        if isinstance(value, list):
            objects = [each for each in value if isinstance(each, dict | list)]
            return any(self.matches(each) for each in objects or [{}])
        fields = value if isinstance(value, dict) else {}
        return all(
            wanted.matches(fields.get(name, {})) for name, wanted in self.fields.items()
        ) and (not self.alternatives or any(each.matches(fields) for each in self.alternatives))


@dataclass(frozen=True, kw_only=True)
class EventPattern:
    """A valid pattern."""

    root: _Object

    @classmethod
    def parse(cls, text: str) -> EventPattern:
        """The pattern that `text` writes down as JSON.

        Raises:
            InvalidPattern: with EventBridge's reason.
        """
        return _parse(text)

    def matches(self, event: Mapping[str, Any]) -> bool:
        """Whether the pattern asks for this event."""
        return self.root.matches(event)


@lru_cache(maxsize=1024)
def _parse(text: str) -> EventPattern:
    try:
        written = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise InvalidPattern("Invalid JSON") from None
    if not isinstance(written, dict):
        raise InvalidPattern("Filter is not an object")
    return EventPattern(root=_object(written, in_or=False, depth=0))


def _object(written: Mapping[str, Any], *, in_or: bool, depth: int) -> _Object:
    if not written:
        raise InvalidPattern("Empty objects are not allowed")
    if depth > _DEPTH:
        raise InvalidPattern("Event pattern is nested too deeply")
    fields = {
        name: _field(name, value, in_or=in_or, depth=depth)
        for name, value in written.items()
        if name != _OR
    }
    if _OR not in written:
        return _Object(fields=fields)
    return _Object(fields=fields, alternatives=_alternatives(written[_OR], depth))


def _field(name: str, value: Any, *, in_or: bool, depth: int) -> _Object | _Field:
    if in_or and name in _RESERVED_IN_OR:
        raise InvalidPattern(
            f"{name} is Ruler reserved fieldName which cannot be used inside {_OR}."
        )
    if isinstance(value, dict):
        return _object(value, in_or=in_or, depth=depth + 1)
    if not isinstance(value, list):
        raise InvalidPattern(f'"{name}" must be an object or an array')
    if not value:
        raise InvalidPattern("Empty arrays are not allowed")
    return _Field(tests=tuple(comparison(each) for each in value))


def _alternatives(value: Any, depth: int) -> tuple[_Object, ...]:
    if not isinstance(value, list):
        raise InvalidPattern(f"It must be an Array followed with {_OR}.")
    for each in value:
        if not isinstance(each, dict):
            raise InvalidPattern(f"Only JSON object is allowed in array of {_OR} relationship.")
    alternatives = tuple(_object(each, in_or=True, depth=depth + 1) for each in value)
    if len(alternatives) < 2:
        raise InvalidPattern(f"There must have at least 2 Objects in {_OR} relationship.")
    return alternatives


def _leaves(value: Any) -> list[Any]:
    if isinstance(value, list):
        return [leaf for each in value for leaf in _leaves(each)]
    return [] if isinstance(value, dict) else [value]


def _no_constant(name: str) -> None:
    raise ValueError(name)
