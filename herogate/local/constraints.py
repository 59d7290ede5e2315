"""The limits that botocore's service models state for parameters, enforced as AWS enforces them.

AWS checks lengths, ranges, patterns and closed sets of values before an operation begins; moto and
boto3 check few of them. The rules are the models' own: nothing here knows a service's domain.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from botocore.model import Shape

from herogate.local.errors import AwsError
from herogate.local.services import service_model

if TYPE_CHECKING:
    from herogate.local.operations import Call

_CODES = {
    "codebuild": "InvalidInputException",
    "ecr": "InvalidParameterException",
    "elbv2": "ValidationError",
    "iam": "ValidationError",
    "logs": "InvalidParameterException",
    "sts": "ValidationError",
}
"""The error code a service answers with; ``ValidationException`` where it is not listed."""

_JAVA_CLASSES = {r"\p{L}": r"\w", r"\p{Z}": r"\s", r"\p{N}": r"\d"}
"""Character classes of the models' (Java) patterns that Python spells otherwise."""


def check(call: Call) -> None:
    """Refuse a call whose parameters break a limit of the service model.

    Raises:
        AwsError: with AWS's words, every broken limit named in one message.
    """
    shape = _input_shape(call.service, call.operation)
    broken = list(_broken(shape, call.parameters, ""))
    if not broken:
        return
    counted = "1 validation error" if len(broken) == 1 else f"{len(broken)} validation errors"
    raise AwsError(
        _CODES.get(call.service, "ValidationException"), f"{counted} detected: {'; '.join(broken)}"
    )


@cache
def _input_shape(service: str, operation: str) -> Shape:
    shape = service_model(service).operation_model(operation).input_shape
    if shape is None:
        raise ValueError(f"{service}:{operation} takes no parameters")
    return shape


def _broken(shape: Any, value: Any, path: str) -> Iterator[str]:
    for constraint in _constraints(shape, value):
        shown = "***" if shape.metadata.get("sensitive") else value
        yield f"Value '{shown}' at '{path}' failed to satisfy constraint: Member must {constraint}"
    if shape.type_name == "structure" and isinstance(value, Mapping):
        for name, member in value.items():
            if name in shape.members and member is not None:
                yield from _broken(shape.members[name], member, _joined(path, name))
    elif shape.type_name == "list":
        for number, member in enumerate(value, start=1):
            yield from _broken(shape.member, member, f"{path}.{number}.member")
    elif shape.type_name == "map":
        for key, member in value.items():
            yield from _broken(shape.key, key, path)
            yield from _broken(shape.value, member, _joined(path, key))


def _joined(path: str, name: str) -> str:
    """A parameter's path as AWS writes it: dots, each name's first letter small."""
    return f"{path}.{name[0].lower()}{name[1:]}" if path else f"{name[0].lower()}{name[1:]}"


def _constraints(shape: Any, value: Any) -> Iterator[str]:
    """What `value` itself (not its members) breaks, as the end of AWS's sentence."""
    limits = shape.metadata
    if shape.type_name in {"string", "list", "map", "blob"}:
        yield from _out_of_range(len(value), limits, "have length")
    if shape.type_name in {"integer", "long", "float", "double"}:
        yield from _out_of_range(value, limits, "have value")
    if shape.type_name == "string":
        if "enum" in limits and value not in limits["enum"]:
            yield f"satisfy enum value set: [{', '.join(limits['enum'])}]"
        if "pattern" in limits and not _matches(limits["pattern"], value):
            yield f"satisfy regular expression pattern: {limits['pattern']}"


def _out_of_range(size: float, limits: Mapping[str, Any], having: str) -> Iterator[str]:
    if size < limits.get("min", size):
        yield f"{having} greater than or equal to {limits['min']}"
    if size > limits.get("max", size):
        yield f"{having} less than or equal to {limits['max']}"


def _matches(pattern: str, value: str) -> bool:
    compiled = _compiled(pattern)
    return compiled is None or compiled.fullmatch(value) is not None


@cache
def _compiled(pattern: str) -> re.Pattern[str] | None:
    """The pattern in Python's spelling; None for one that Python cannot express."""
    flags = re.NOFLAG if r"\p{" in pattern else re.ASCII
    spelled = pattern
    for java, python in _JAVA_CLASSES.items():
        spelled = spelled.replace(java, python)
    try:
        return re.compile(spelled, flags)
    except re.error:
        return None
