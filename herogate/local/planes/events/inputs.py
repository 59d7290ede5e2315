"""What a target is told of an event: all of it, a part of it, a constant, or a template filled in.

Pure. `text` makes it; `check_input` is asked when a target is declared.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from herogate.local.errors import AwsError

_STEP = re.compile(r"\.([A-Za-z0-9_\-]+)|\[(\d+)\]|\['([^']*)'\]|\[\"([^\"]*)\"\]")
_PLACEHOLDER = re.compile(r"<([A-Za-z0-9_.\-]+)>")
_RESERVED = frozenset(
    {
        "aws.events.event",
        "aws.events.event.ingestion-time",
        "aws.events.event.json",
        "aws.events.rule-arn",
        "aws.events.rule-name",
    }
)
_ABSENT = object()


@dataclass(frozen=True, kw_only=True)
class Match:
    """An event that a rule asked for.

    Attributes:
        ingestion_time: when EventBridge took the event, as events write times.
    """

    event: Mapping[str, Any]
    rule_arn: str
    ingestion_time: str


def text(target: Mapping[str, Any], match: Match) -> str:
    """What `target` is sent, as text that is JSON unless a template made it otherwise."""
    if "Input" in target:
        return str(target["Input"])
    if "InputPath" in target:
        found = _at(match.event, target["InputPath"])
        return json.dumps({} if found is _ABSENT else found)
    if "InputTransformer" in target:
        return _filled(target["InputTransformer"], match)
    return json.dumps(match.event)


def check_input(target: Mapping[str, Any]) -> None:
    """Refuse a target whose input cannot be made.

    Raises:
        AwsError: ``ValidationException``.
    """
    if "Input" in target:
        try:
            json.loads(target["Input"])
        except ValueError:
            raise _invalid(f"JSON syntax error in input for target {target['Id']}.") from None
    transformer = target.get("InputTransformer", {})
    paths = transformer.get("InputPathsMap", {})
    for path in [*paths.values(), *([target["InputPath"]] if "InputPath" in target else [])]:
        if _steps(path) is None:
            raise _invalid(f"Invalid InputPath {path} for target {target['Id']}.")
    for name in _PLACEHOLDER.findall(transformer.get("InputTemplate", "")):
        if name not in paths and name not in _RESERVED:
            raise _invalid(
                f"InputTemplate for target {target['Id']} contains placeholder {name}, "
                "which InputPathsMap does not define."
            )


def _filled(transformer: Mapping[str, Any], match: Match) -> str:
    template, parts, quoted, last = transformer["InputTemplate"], [], False, 0
    values = _values(transformer.get("InputPathsMap", {}), match)
    for found in _PLACEHOLDER.finditer(template):
        before = template[last : found.start()]
        quoted ^= _quotes(before) % 2 == 1
        parts += [before, _written(values.get(found.group(1), _ABSENT), quoted=quoted)]
        last = found.end()
    return "".join([*parts, template[last:]])


def _values(paths: Mapping[str, str], match: Match) -> dict[str, Any]:
    event = dict(match.event)
    return {
        **{name: _at(event, path) for name, path in paths.items()},
        "aws.events.event": {key: value for key, value in event.items() if key != "detail"},
        "aws.events.event.ingestion-time": match.ingestion_time,
        "aws.events.event.json": event,
        "aws.events.rule-arn": match.rule_arn,
        "aws.events.rule-name": match.rule_arn.rpartition("/")[2],
    }


def _quotes(piece: str) -> int:
    return len(re.findall(r'(?<!\\)"', piece))


def _written(value: Any, *, quoted: bool) -> str:
    """A value in the template's JSON; what the event lacks is an empty text."""
    if value is _ABSENT:
        return "" if quoted else '""'
    if not quoted:
        return json.dumps(value)
    plain = value if isinstance(value, str) else json.dumps(value)
    return json.dumps(plain)[1:-1]


def _at(event: Any, path: str) -> Any:
    """What lies at a JSON path; `_ABSENT` where nothing does."""
    for step in _steps(path) or ():
        try:
            event = event[step]
        except (KeyError, IndexError, TypeError):
            return _ABSENT
    return event


def _steps(path: str) -> list[str | int] | None:
    """The keys and indexes of a path such as ``$.detail.files[0]``; None if it is none."""
    if not path.startswith("$"):
        return None
    steps: list[str | int] = []
    position = 1
    while position < len(path):
        found = _STEP.match(path, position)
        if found is None:
            return None
        dotted, index, *bracketed = found.groups()
        steps.append(
            int(index) if index else next(s for s in (dotted, *bracketed) if s is not None)
        )
        position = found.end()
    return steps


def _invalid(message: str) -> AwsError:
    return AwsError("ValidationException", message)
