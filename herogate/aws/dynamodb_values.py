"""Values as DynamoDB takes and gives them: each under the letter of its type. Pure.

boto3 has the same; importing it costs a command a tenth of a second.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def told(value: Any) -> dict[str, Any]:
    """A value as DynamoDB takes it."""
    match value:
        case None:
            return {"NULL": True}
        case bool():
            return {"BOOL": value}
        case str():
            return {"S": value}
        case int():
            return {"N": str(value)}
        case Mapping():
            return {"M": {key: told(item) for key, item in value.items()}}
        case Sequence():
            return {"L": [told(item) for item in value]}
    raise TypeError(f"{value!r} has no form in DynamoDB")


def read(item: Mapping[str, Any]) -> Any:
    """A value from what DynamoDB gives; numbers are whole."""
    ((kind, value),) = item.items()
    match kind:
        case "NULL":
            return None
        case "BOOL" | "S":
            return value
        case "N":
            return int(value)
        case "M":
            return {key: read(each) for key, each in value.items()}
        case "L":
            return [read(each) for each in value]
    raise TypeError(f"{kind} is a type of DynamoDB's that the ledger does not use")
