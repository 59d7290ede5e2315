"""What an event pattern may ask of a field's leaves, one function a kind.

The refusals are in the words of the engine behind EventBridge. Pure.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from operator import eq, ge, gt, le, lt
from typing import Any

Test = Callable[[tuple[Any, ...]], bool]
"""Whether a field with these leaves passes."""

_Compare = Callable[[Any], bool]
_LARGEST = 5e9
_ONE_KEY = "Only one key allowed in match expression"
_OPERATORS: Mapping[str, Callable[[float, float], bool]] = {
    "<": lt,
    "<=": le,
    "=": eq,
    ">": gt,
    ">=": ge,
}


class InvalidPattern(Exception):
    """An event pattern that EventBridge refuses; the message is the reason it gives."""


def comparison(wanted: Any) -> Test:
    """The test that one member of a pattern's array stands for.

    Raises:
        InvalidPattern: it stands for none.
    """
    if isinstance(wanted, list):
        raise InvalidPattern("Match value must be String, number, true, false, or null")
    if not isinstance(wanted, dict):
        return _any_leaf(_equals(wanted))
    if not wanted:
        raise InvalidPattern("Match expression name not found")
    name, value = next(iter(wanted.items()))
    if name == "exists":
        test = _existence(value)
    elif name in _COMPARISONS:
        test = _any_leaf(_COMPARISONS[name](value))
    else:
        raise InvalidPattern(f"Unrecognized match type {name}")
    if len(wanted) > 1:
        raise InvalidPattern(_ONE_KEY)
    return test


def _any_leaf(compare: _Compare) -> Test:
    return lambda leaves: any(compare(leaf) for leaf in leaves)


def _existence(value: Any) -> Test:
    if not isinstance(value, bool):
        raise InvalidPattern("exists match pattern must be either true or false.")
    return lambda leaves: bool(leaves) == value


def _equals(wanted: Any) -> _Compare:
    """Numbers are equal as numbers; true is not 1."""
    if _is_number(wanted):
        return lambda leaf: _is_number(leaf) and leaf == wanted
    return lambda leaf: type(leaf) is type(wanted) and leaf == wanted


def _exactly(value: Any) -> _Compare:
    return _equals(_text(value, "exact match pattern must be a string"))


def _prefix(value: Any) -> _Compare:
    return _affix(value, "prefix", str.startswith)


def _suffix(value: Any) -> _Compare:
    return _affix(value, "suffix", str.endswith)


def _affix(value: Any, name: str, has: Callable[[str, str], bool]) -> _Compare:
    refusal = f"{name} match pattern must be a string"
    if isinstance(value, dict):
        if value.keys() != {"equals-ignore-case"}:
            raise InvalidPattern(f"Unsupported {name} pattern: {next(iter(value), '')}")
        folded = _text(value["equals-ignore-case"], refusal).lower()
        return lambda leaf: isinstance(leaf, str) and has(leaf.lower(), folded)
    wanted = _text(value, refusal)
    return lambda leaf: isinstance(leaf, str) and has(leaf, wanted)


def _equals_ignore_case(value: Any) -> _Compare:
    folded = _text(value, "equals-ignore-case match pattern must be a string").lower()
    return lambda leaf: isinstance(leaf, str) and leaf.lower() == folded


def _wildcard(value: Any) -> _Compare:
    wanted = _text(value, "wildcard match pattern must be a string")
    pattern = re.compile(_wildcard_expression(wanted), re.DOTALL)
    return lambda leaf: isinstance(leaf, str) and pattern.fullmatch(leaf) is not None


def _wildcard_expression(wanted: str) -> str:
    parts: list[str] = []
    for found in re.finditer(r"\\(.?)|(\*+)|([^\\*]+)", wanted, re.DOTALL):
        escaped, stars, plain = found.groups()
        if stars is not None and len(stars) > 1:
            raise InvalidPattern(f"Consecutive wildcard characters at pos {found.start()}")
        if stars is not None:
            parts.append(".*")
        elif plain is not None:
            parts.append(re.escape(plain))
        elif escaped in {"*", "\\"} and escaped:
            parts.append(re.escape(escaped))
        else:
            raise InvalidPattern(f"Invalid escape character at pos {found.start()}")
    return "".join(parts)


def _cidr(value: Any) -> _Compare:
    text = _text(value, "cidr match pattern must be a string")
    if "/" not in text:
        raise InvalidPattern(f"Malformed CIDR, one '/' required: {text}")
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError:
        raise InvalidPattern(f"Malformed CIDR: {text}") from None

    def within(leaf: Any) -> bool:
        try:
            return isinstance(leaf, str) and ipaddress.ip_address(leaf) in network
        except ValueError:
            return False

    return within


def _numeric(value: Any) -> _Compare:
    if not isinstance(value, list):
        raise InvalidPattern("Value of numeric must be an array.")
    bounds = _bounds(value)
    return lambda leaf: _is_number(leaf) and all(holds(leaf, bound) for holds, bound in bounds)


def _bounds(terms: list[Any]) -> list[tuple[Callable[[float, float], bool], float]]:
    if not terms or not isinstance(terms[0], str):
        raise InvalidPattern(f"Invalid member in numeric match: {terms[0] if terms else ']'}")
    if terms[0] not in _OPERATORS:
        raise InvalidPattern(f"Unrecognized numeric range operator: {terms[0]}")
    first = (_OPERATORS[terms[0]], _number(terms[0], terms[1:2]))
    if len(terms) == 2:
        return [first]
    if terms[0] not in {">", ">="}:
        raise InvalidPattern("Too many elements in numeric expression")
    if terms[2] not in {"<", "<="}:
        raise InvalidPattern(f"Bad numeric range operator: {terms[2]}")
    second = (_OPERATORS[terms[2]], _number(terms[2], terms[3:4]))
    if len(terms) > 4:
        raise InvalidPattern("Too many terms in numeric range expression")
    if first[1] >= second[1]:
        raise InvalidPattern("Bottom must be less than top")
    return [first, second]


def _number(operator: str, terms: list[Any]) -> float:
    if not terms or not _is_number(terms[0]):
        named = "equals" if operator == "=" else operator
        raise InvalidPattern(f"Value of {named} must be numeric")
    if not -_LARGEST <= terms[0] <= _LARGEST:
        raise InvalidPattern(f"Value must be between {-_LARGEST} and {_LARGEST}, inclusive")
    return float(terms[0])


def _anything_but(value: Any) -> _Compare:
    """A leaf passes that none of the named values, or none of the named texts' forms, is."""
    excluded = _excluded_form(value) if isinstance(value, dict) else _excluded_values(value)
    return lambda leaf: not any(compare(leaf) for compare in excluded)


def _excluded_values(value: Any) -> list[_Compare]:
    listed = value if isinstance(value, list) else [value]
    kind = "list" if isinstance(value, list) else "value"
    if kind == "value" and not isinstance(value, str) and not _is_number(value):
        raise InvalidPattern(
            "Value of anything-but must be an array or single string/number value."
        )
    if not all(isinstance(each, str) or _is_number(each) for each in listed):
        raise InvalidPattern("Inside anything but list, start|null|boolean is not supported.")
    if len({isinstance(each, str) for each in listed}) != 1:
        raise InvalidPattern(
            "Inside anything but list, either all values are number or string, "
            "mixed type is not supported"
        )
    return [_equals(each) for each in listed]


def _excluded_form(value: Mapping[str, Any]) -> list[_Compare]:
    if not value:
        raise InvalidPattern("Anything-But expression name not found")
    name, wanted = next(iter(value.items()))
    if name not in {"prefix", "suffix", "equals-ignore-case", "wildcard"}:
        raise InvalidPattern(f"Unsupported anything-but pattern: {name}")
    if len(value) > 1:
        raise InvalidPattern(_ONE_KEY)
    listed = wanted if isinstance(wanted, list) else [wanted]
    if not listed or not all(isinstance(each, str) for each in listed):
        raise InvalidPattern(
            f"Inside anything-but/{name} list, number|start|null|boolean is not supported."
        )
    if name in {"prefix", "suffix"} and "" in listed:
        raise InvalidPattern("Null prefix/suffix not allowed")
    return [_COMPARISONS[name](each) for each in listed]


def _text(value: Any, refusal: str) -> str:
    if not isinstance(value, str):
        raise InvalidPattern(refusal)
    return value


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_COMPARISONS: Mapping[str, Callable[[Any], _Compare]] = {
    "anything-but": _anything_but,
    "cidr": _cidr,
    "equals-ignore-case": _equals_ignore_case,
    "exactly": _exactly,
    "numeric": _numeric,
    "prefix": _prefix,
    "suffix": _suffix,
    "wildcard": _wildcard,
}
