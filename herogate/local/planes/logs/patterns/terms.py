"""Patterns of terms: all that must be there, ``-`` those that must not, ``?`` one of which must."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from herogate.local.planes.logs.patterns.regular import compiled, invalid, invalid_characters

_TERM = re.compile(
    r"""
    (?P<mark>[?-]?)\s*
    (?: "(?P<phrase>(?:[^"\\]|\\.)*)" | %(?P<regular>(?:[^%\\]|\\.)*)% | (?P<word>\w+) )
    \s*
    """,
    re.VERBOSE,
)


@dataclass(frozen=True, kw_only=True)
class _Term:
    mark: str
    is_in: Callable[[str], bool]


def read(text: str) -> Callable[[str], bool]:
    """The predicate of a pattern of terms, which are found anywhere, in the case they are written in.

    Optional terms do not count beside others, as CloudWatch Logs has it. Raises `AwsError`.
    """
    found = list(_terms(text))
    required = [term for term in found if term.mark == ""]
    excluded = [term for term in found if term.mark == "-"]
    optional = [] if required or excluded else found

    def matches(message: str) -> bool:
        return (
            all(term.is_in(message) for term in required)
            and not any(term.is_in(message) for term in excluded)
            and (not optional or any(term.is_in(message) for term in optional))
        )

    return matches


def _terms(text: str) -> Iterator[_Term]:
    at = 0
    while at < len(text):
        term = _TERM.match(text, at)
        if term is None:
            raise invalid() if text[at] in '"%?-' else invalid_characters(text[at])
        yield _Term(mark=term["mark"], is_in=_finder(term))
        at = term.end()


def _finder(term: re.Match[str]) -> Callable[[str], bool]:
    if term["regular"] is not None:
        expression = compiled(term["regular"])
        return lambda message: expression.search(message) is not None
    text = term["word"] if term["phrase"] is None else re.sub(r"\\(.)", r"\1", term["phrase"])
    return lambda message: text in message
