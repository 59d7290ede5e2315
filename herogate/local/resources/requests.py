"""From a template's properties to an API request: the one place where the two spellings meet.

CloudFormation's properties are the API's parameters, name for name, but for the case of the letters
(``ClusterName``, ``clusterName``), the type of a scalar (``"80"`` for 80, since a template's parameters
are strings), tags (a list here, a map there) and JSON documents (an object here, a string there). All
that is read off botocore's input shape. Where a property really has another name or form, its handler
renames it; nothing here knows a resource type.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from botocore.exceptions import ParamValidationError
from botocore.model import ListShape, MapShape, Shape, StructureShape

from herogate.local.errors import AwsError, not_supported

_WORDS = {"true": True, "false": False}


def send(
    client: Any, method: str, properties: Mapping[str, Any] | None = None, /, **given: Any
) -> dict[str, Any]:
    """Call a boto3 `method` with those `properties` that its input has, and with `given` as it stands.

    A top-level property that the input lacks is another call's business and left out; inside a
    property an unknown name is refused.

    Raises:
        AwsError: a nested property the API does not have, or parameters that it cannot be sent.
        ClientError: the API refused.
    """
    name = client.meta.method_to_api_mapping[method]
    shape = client.meta.service_model.operation_model(name).input_shape
    arguments = _members(shape, properties or {}, "", strict=False) | given
    try:
        answer = getattr(client, method)(**arguments)
    except ParamValidationError as error:
        raise AwsError("ValidationError", str(error)) from error
    return dict(answer)


def only(properties: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """Those of `properties` that are named."""
    return {name: properties[name] for name in names if name in properties}


def changed(name: str, properties: Mapping[str, Any], previous: Mapping[str, Any]) -> bool:
    """Whether an update adds, removes or changes this property."""
    return bool(properties.get(name) != previous.get(name))


def boolean(value: Any) -> bool:
    """A template's boolean, which may be the string ``"true"``."""
    return bool(_WORDS.get(str(value).lower(), value))


def document(value: Any) -> str:
    """A JSON document as the APIs take it: a string, whether the template has a string or an object."""
    return value if isinstance(value, str) else json.dumps(value)


def text(value: Any) -> Any:
    """A scalar or document as a string, the one type of the APIs' free-form attributes."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return str(value)
    return document(value) if isinstance(value, Mapping | list) else value


def _members(
    shape: StructureShape, value: Mapping[str, Any], path: str, *, strict: bool = True
) -> dict[str, Any]:
    spelling = {member.lower(): member for member in shape.members}
    result = {}
    for key, item in value.items():
        member = spelling.get(key.lower())
        if member is not None:
            result[member] = _shaped(shape.members[member], item, f"{path}{key}")
        elif strict:
            raise not_supported(f"the property {path}{key}")
    return result


def _shaped(shape: Shape, value: Any, path: str) -> Any:
    if isinstance(shape, StructureShape) and isinstance(value, Mapping):
        return _members(shape, value, f"{path}.")
    if isinstance(shape, ListShape) and isinstance(value, Mapping):
        value = [{"Key": key, "Value": item} for key, item in value.items()]
    if isinstance(shape, ListShape) and isinstance(value, list):
        return [_shaped(shape.member, item, path) for item in value]
    if isinstance(shape, MapShape) and isinstance(value, list):
        value = {pair["Key"]: pair["Value"] for pair in value}
    if isinstance(shape, MapShape) and isinstance(value, Mapping):
        return {str(key): _shaped(shape.value, item, path) for key, item in value.items()}
    return _scalar(shape.type_name, value)


def _scalar(type_name: str, value: Any) -> Any:
    if type_name == "string":
        return text(value)
    if type_name == "boolean":
        return _WORDS.get(str(value).lower(), value)
    if type_name in ("integer", "long") and not isinstance(value, bool):
        return _number(value, int)
    if type_name in ("float", "double"):
        return _number(value, float)
    return value


def _number(value: Any, kind: type[int] | type[float]) -> Any:
    try:
        return kind(value)
    except (TypeError, ValueError):
        return value  # botocore's own validation says what is wrong with it
