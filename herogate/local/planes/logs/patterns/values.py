"""The two sides of a comparison in a JSON pattern: where it looks, and what it compares with."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from herogate.local.planes.logs.patterns.regular import compiled, invalid, invalid_characters

_STEP = re.compile(r"\.(?P<name>[\w-]+|\*)|\[(?P<index>\d+|\*)\]")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_ANY = "*"

_NUMERIC: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(frozen=True, kw_only=True)
class Selector:
    """Where in a document: ``$.users[0].id``; ``*`` stands for every property or element."""

    steps: tuple[str | int, ...]

    @classmethod
    def read(cls, text: str) -> Selector:
        """A selector by its text. Raises `AwsError`."""
        if not text.startswith("$"):
            raise invalid()
        steps: list[str | int] = []
        at = 1
        while at < len(text):
            step = _STEP.match(text, at)
            if step is None:
                raise invalid_characters(text[at:])
            index = step["index"]
            steps.append(step["name"] or (_ANY if index == _ANY else int(index)))
            at = step.end()
        if not steps:
            raise invalid()
        return cls(steps=tuple(steps))

    def nodes(self, document: Any) -> Iterator[Any]:
        """What it points to, nothing included."""
        nodes = [document]
        for step in self.steps:
            nodes = [inner for node in nodes for inner in _inside(node, step)]
        yield from nodes


def comparison(sign: str, written: str) -> Callable[[Any], bool]:
    """The predicate on a node that compares it with a value as it is written in a pattern.

    Raises:
        AwsError: the value is none, or is no number where only numbers can be compared.
    """
    if _NUMBER.fullmatch(written):
        return _numeric(sign, written)
    if sign not in ("=", "!="):
        raise invalid()
    is_alike = _alike(written)

    def compare(node: Any) -> bool:
        text = _text(node)
        return text is not None and is_alike(text) == (sign == "=")

    return compare


def _inside(node: Any, step: str | int) -> Iterator[Any]:
    if step == _ANY and isinstance(node, dict | list):
        yield from node.values() if isinstance(node, dict) else node
    elif isinstance(step, int):
        if isinstance(node, list) and step < len(node):
            yield node[step]
    elif isinstance(node, dict) and step in node:
        yield node[step]


def _numeric(sign: str, written: str) -> Callable[[Any], bool]:
    number = float(written)
    holds = _NUMERIC[sign]

    def compare(node: Any) -> bool:
        if isinstance(node, str) and sign in ("=", "!="):
            return holds(node, written)
        return isinstance(node, int | float) and not isinstance(node, bool) and holds(node, number)

    return compare


def _alike(written: str) -> Callable[[str], bool]:
    """Whether a text is the one written; ``*`` at its ends stands for anything."""
    if written.startswith("%"):
        expression = compiled(written[1:-1])
        return lambda text: expression.search(text) is not None
    wanted = re.sub(r"\\(.)", r"\1", written[1:-1]) if written.startswith('"') else written
    core = wanted.strip(_ANY)
    from_start, to_end = not wanted.startswith(_ANY), not wanted.endswith(_ANY)
    if from_start and to_end:
        return lambda text: text == wanted
    if from_start:
        return lambda text: text.startswith(core)
    if to_end:
        return lambda text: text.endswith(core)
    return lambda text: core in text


def _text(node: Any) -> str | None:
    """A value as text; None for what is no value (an object, an array) or no text (a boolean, null)."""
    if isinstance(node, str):
        return node
    if isinstance(node, int | float) and not isinstance(node, bool):
        return repr(node)
    return None
