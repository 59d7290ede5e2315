"""Conditions of a policy's statement, held against what is known of a request. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from herogate.local.errors import not_supported

Context = Mapping[str, Sequence[str]]
"""Condition keys of a request, in lower case, with their values."""

_EVERY, _SOME = "ForAllValues:", "ForAnyValue:"


def holds(conditions: Mapping[str, Any], context: Context) -> bool:
    """Whether every condition of a statement holds.

    Raises:
        AwsError: an operator is not known here.
    """
    return all(
        _test(operator, context.get(key.lower()), [str(value) for value in listed(values)])
        for operator, keys in conditions.items()
        for key, values in keys.items()
    )


def listed(value: Any) -> Iterator[Any]:
    """What may be written as one thing or as a list of them."""
    return iter(value) if isinstance(value, list) else iter([value])


def like(value: str, pattern: str) -> bool:
    """Whether a value is what a pattern with ``*`` and ``?`` describes."""
    return fnmatchcase(value, pattern.replace("[", "[[]"))


def arn_like(value: str, pattern: str) -> bool:
    """Whether an ARN is what a pattern describes, part by part: no ``*`` reaches over a colon."""
    given, wanted = value.split(":", 5), pattern.split(":", 5)
    return len(given) == len(wanted) and all(map(like, given, wanted))


def _test(written: str, given: Sequence[str] | None, wanted: Sequence[str]) -> bool:
    operator = written.removeprefix(_EVERY).removeprefix(_SOME)
    plain = operator.removesuffix("IfExists")
    if plain == "Null":
        return (given is None) == (list(wanted) == ["true"])
    negated = "Not" in plain
    compare = _COMPARISONS.get(plain.replace("Not", ""))
    if compare is None:
        raise not_supported(f"the condition operator {operator} in a role's policies")
    if not given:
        return written.startswith(_EVERY) or negated or operator != plain
    found = [negated != any(compare(each, value) for value in wanted) for each in given]
    return all(found) if written.startswith(_EVERY) or negated else any(found)


_COMPARISONS: Mapping[str, Callable[[str, str], bool]] = {
    "StringEquals": str.__eq__,
    "StringEqualsIgnoreCase": lambda value, wanted: value.lower() == wanted.lower(),
    "StringLike": like,
    "ArnEquals": arn_like,
    "ArnLike": arn_like,
    "Bool": lambda value, wanted: value.lower() == wanted.lower(),
}
