"""Regular expressions between percent signs, as far as CloudWatch Logs has them."""

from __future__ import annotations

import re

from herogate.local.errors import AwsError

_ALLOWED = re.compile(r"(?:[A-Za-z0-9_#=@/;,:\-\s^$?\[\]{}|*+.]|\\[\x20-\x7e])*")


def compiled(text: str) -> re.Pattern[str]:
    """The expression written between two percent signs.

    Groups do not exist there, which also keeps an expression from taking for ever.

    Raises:
        AwsError: it has a character that CloudWatch Logs does not take, or is no expression.
    """
    allowed = _ALLOWED.match(text)
    if allowed is None or allowed.end() != len(text):
        at = 0 if allowed is None else allowed.end()
        raise invalid_characters(text[at])
    try:
        return re.compile(text)
    except re.error as error:
        raise invalid() from error


def invalid() -> AwsError:
    """The refusal of a text that is no pattern."""
    return AwsError("InvalidParameterException", "Invalid filter pattern")


def invalid_characters(characters: str) -> AwsError:
    """The refusal of characters that stand where they must not, or are not quoted."""
    return AwsError("InvalidParameterException", f"Invalid character(s) in term '{characters}'")
