r"""Patterns on JSON messages: ``{ $.status >= 500 && ($.path = "/api*" || $.user IS NULL) }``.

A message that is no JSON object never matches. A selector that points to nothing, an object or an
array does not match either, not even with ``!=``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from herogate.local.planes.logs.patterns.regular import invalid, invalid_characters
from herogate.local.planes.logs.patterns.values import Selector, comparison

_TOKEN = re.compile(
    r"""\s*(?:
    (?P<symbol> && | \|\| | [()] | != | <= | >= | [=<>] )
    | (?P<string> "(?:[^"\\]|\\.)*" | %(?:[^%\\]|\\.)*% )
    | (?P<word> [^\s()&|=!<>"%{}]+ )
    )\s*""",
    re.VERBOSE,
)
_OPERATORS = frozenset({"=", "!=", "<", "<=", ">", ">="})
_DEEPEST = 50

Test = Callable[[Any], bool]


def read(text: str) -> Callable[[str], bool]:
    """The predicate of an expression in braces. Raises `AwsError`."""
    if not text.endswith("}"):
        raise invalid()
    test = _Reader(_tokens(text[1:-1])).whole()

    def matches(message: str) -> bool:
        try:
            document = json.loads(message)
        except (ValueError, RecursionError):
            return False
        return isinstance(document, dict) and test(document)

    return matches


def _tokens(text: str) -> list[str]:
    tokens, at = [], 0
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None and not text[at:].strip():
            break
        if token is None:
            raise invalid_characters(text[at:].lstrip()[0])
        tokens.append(token["symbol"] or token["string"] or token["word"])
        at = token.end()
    return tokens


class _Reader:
    """Reads tokens from the front: parentheses bind before ``&&``, and that before ``||``."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._depth = 0

    def whole(self) -> Test:
        test = self._either()
        if self._tokens:
            raise invalid()
        return test

    def _either(self) -> Test:
        tests = [self._both()]
        while self._next_is("||"):
            tests.append(self._both())
        return lambda document: any(test(document) for test in tests)

    def _both(self) -> Test:
        tests = [self._condition()]
        while self._next_is("&&"):
            tests.append(self._condition())
        return lambda document: all(test(document) for test in tests)

    def _condition(self) -> Test:
        if not self._next_is("("):
            return self._comparison()
        self._depth += 1
        if self._depth > _DEEPEST:
            raise invalid()
        test = self._either()
        self._depth -= 1
        if not self._next_is(")"):
            raise invalid()
        return test

    def _comparison(self) -> Test:
        selector = Selector.read(self._take())
        operator = self._take()
        if operator in _OPERATORS:
            compare = comparison(operator, self._take())
            return lambda document: any(compare(node) for node in selector.nodes(document))
        return _state(selector, f"{operator} {self._take()}")

    def _next_is(self, token: str) -> bool:
        if self._tokens and self._tokens[0] == token:
            del self._tokens[0]
            return True
        return False

    def _take(self) -> str:
        if not self._tokens:
            raise invalid()
        return self._tokens.pop(0)


def _state(selector: Selector, words: str) -> Test:
    """``IS NULL`` and the like."""
    if words == "NOT EXISTS":
        return lambda document: not any(True for _ in selector.nodes(document))
    values = {"IS NULL": None, "IS TRUE": True, "IS FALSE": False}
    if words not in values:
        raise invalid()
    value = values[words]
    return lambda document: any(node is value for node in selector.nodes(document))
