"""From a pattern's text to a predicate on messages."""

from __future__ import annotations

from collections.abc import Callable

from herogate.local.errors import not_supported
from herogate.local.planes.logs.patterns import json_expression, terms

Pattern = Callable[[str], bool]
"""Whether a message matches."""


def read(text: str) -> Pattern:
    """A pattern by its text; an empty one matches every message.

    Raises:
        AwsError: ``InvalidParameterException``: it is no pattern;
            ``NotImplemented``: it is one of space-delimited fields.
    """
    stripped = text.strip()
    if not stripped:
        return lambda _: True
    if stripped.startswith("["):
        raise not_supported("filter patterns of space-delimited fields ([ip, user, ...])")
    if stripped.startswith("{"):
        return json_expression.read(stripped)
    return terms.read(stripped)
