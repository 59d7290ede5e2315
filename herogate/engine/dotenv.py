"""``.env`` files: config vars as text, one to a line, quoted where they must be. Pure.

It reads what it writes, and what Heroku's ``config --shell`` writes. There a backslash in single quotes
stands twice, which a shell would leave so: here such a value is in double quotes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from herogate.errors import InvalidRequest

_BEGINNING = re.compile(r"\s*(?:export\s+)?(?P<key>[^\s=#'\"]+)[ \t]*=[ \t]*")
_IGNORED = re.compile(r"[ \t]*(?:#[^\n]*)?(?:\n|$)")
_SINGLE = re.compile(r"'(?P<text>(?:[^'\\]|\\.)*)'", re.DOTALL)
_DOUBLE = re.compile(r'"(?P<text>(?:[^"\\]|\\.)*)"', re.DOTALL)
_BARE = re.compile(r"(?P<text>[^\n]*?)(?:[ \t]+#[^\n]*)?(?=\n|$)")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}
_UNSAFE = re.compile(r"""["\s#!$&'()*,:;<=>?@\[\\\]^`{|}]""")


def line(key: str, value: str) -> str:
    """``KEY=value`` as Heroku writes it: in single quotes if a shell would not take it bare, in double
    quotes if those cannot hold it.
    """
    return f"{key}={_quoted(value)}"


def text(values: Mapping[str, str]) -> str:
    """Config vars as a file."""
    return "".join(f"{line(key, value)}\n" for key, value in values.items())


def read(source: str) -> dict[str, str]:
    """The config vars of a file. Raises `InvalidRequest` with the number of the line that is none.

    No message holds a value.
    """
    values: dict[str, str] = {}
    rest = source.replace("\r\n", "\n")
    place = 0
    while place < len(rest):
        if ignored := _IGNORED.match(rest, place):
            place = ignored.end()
            continue
        beginning = _BEGINNING.match(rest, place)
        if beginning is None:
            raise _wrong(rest, place, "it is not KEY=value")
        value, place = _value(rest, beginning.end())
        values[beginning["key"]] = value
    return values


def _value(source: str, start: int) -> tuple[str, int]:
    """The value that begins there, and where the next line does."""
    for quote, form, unescaped in (("'", _SINGLE, _of_single), ('"', _DOUBLE, _of_double)):
        if source.startswith(quote, start):
            found = form.match(source, start)
            end = found and _IGNORED.match(source, found.end())
            if found is None or end is None:
                raise _wrong(source, start, "its quotes do not end, or something is behind them")
            return unescaped(found["text"]), end.end()
    bare = _BARE.match(source, start)
    if bare is None:
        raise _wrong(source, start, "it is not KEY=value")
    return bare["text"].rstrip(), bare.end() + 1


def _of_single(quoted: str) -> str:
    return re.sub(r"\\([\\'])", r"\1", quoted)


def _of_double(quoted: str) -> str:
    return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[1]), quoted, flags=re.DOTALL)


def _quoted(value: str) -> str:
    if not _UNSAFE.search(value):
        return value
    if re.search(r"['\n\\]", value):
        escaped = re.sub(r'(["\\$`!])', r"\\\1", value).replace("\n", "\\n")
        return f'"{escaped}"'
    return f"'{value}'"


def _wrong(source: str, place: int, why: str) -> InvalidRequest:
    number = source.count("\n", 0, place) + 1
    return InvalidRequest(f"Line {number} is no config var: {why}.")
