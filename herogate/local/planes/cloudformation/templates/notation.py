"""How a template is written: JSON, or YAML with CloudFormation's short-form tags.

Text in, plain values out, short forms turned into long ones. What a template may contain is
``template.py``'s. The text is a stranger's: size, nesting and aliases are bounded while reading.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import yaml

from herogate.local import bounded_yaml
from herogate.local.errors import AwsError

_SIZE_LIMIT: Final = 1_048_576
"""Bytes; CloudFormation's limit for a template from S3, its largest."""
_DEPTH_LIMIT: Final = 100
_NODE_LIMIT: Final = 500_000
"""Values in a template after its YAML aliases are written out."""

_RESOLVER: Final[Any] = yaml.resolver.Resolver()
_CONSTRUCTOR: Final = yaml.constructor.SafeConstructor()
_SHORT_FORMS: Final = {"Ref": "Ref", "Condition": "Condition"} | {
    name: f"Fn::{name}"
    for name in (
        "And",
        "Base64",
        "Cidr",
        "Equals",
        "FindInMap",
        "GetAZs",
        "GetAtt",
        "If",
        "ImportValue",
        "Join",
        "Not",
        "Or",
        "Select",
        "Split",
        "Sub",
        "Transform",
    )
}
_NUMBER: Final = re.compile(r"[+-]?(\d{1,400}(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_YAML_TAG: Final = "tag:yaml.org,2002:"
_TEXT_HERE: Final = ("timestamp", "merge", "value")
"""What untagged text would mean to YAML 1.1 and does not to CloudFormation."""


def read(text: str) -> Any:
    """The values a template's text stands for; of a key that is given twice, the last counts.

    Dates stay text, as in CloudFormation.

    Raises:
        AwsError: ``ValidationError``, for text that is neither or that is out of bounds.
    """
    if len(text.encode()) > _SIZE_LIMIT:
        raise format_error(f"Template may not exceed {_SIZE_LIMIT} bytes in size.")
    value = _read_json(text) if text.lstrip().startswith("{") else bounded_yaml.read(text, _GRAMMAR)
    return _with_lists(value)


def _with_lists(value: Any) -> Any:
    """The value with every ``Fn::GetAtt: A.B`` written as the list it stands for."""
    if isinstance(value, list):
        return [_with_lists(item) for item in value]
    if not isinstance(value, dict):
        return value
    match value:
        case {"Fn::GetAtt": str(text), **rest} if "." in text and not rest:
            return {"Fn::GetAtt": text.split(".", 1)}
    return {key: _with_lists(member) for key, member in value.items()}


def format_error(message: str) -> AwsError:
    """CloudFormation's refusal of a template's form."""
    return AwsError("ValidationError", f"Template format error: {message}")


def template_error(message: str) -> AwsError:
    """CloudFormation's refusal of what a template's functions ask for."""
    return AwsError("ValidationError", f"Template error: {message}")


def _too_deep() -> AwsError:
    return format_error(f"Template nests deeper than {_DEPTH_LIMIT} levels.")


def _read_json(text: str) -> Any:
    depth = 0
    for bracket in _json_brackets(text):
        depth += 1 if bracket in "[{" else -1
        if depth > _DEPTH_LIMIT:
            raise _too_deep()
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        where = f"(line {error.lineno}, column {error.colno})"
        raise format_error(f"JSON not well-formed. {where}") from error
    except ValueError as error:  # NaN, Infinity, an integer of thousands of digits
        raise format_error("JSON not well-formed.") from error


def _json_brackets(text: str) -> Iterator[str]:
    """The brackets outside strings, in order."""
    inside = escaped = False
    for character in text:
        if escaped:
            escaped = False
        elif inside:
            inside, escaped = character != '"', character == "\\"
        elif character == '"':
            inside = True
        elif character in "[]{}":
            yield character


def _refuse_constant(name: str) -> Any:
    raise ValueError(name)


def _scalar(event: Any) -> Any:
    tag = event.tag
    if tag is None or tag == "!":
        tag = _RESOLVER.resolve(yaml.ScalarNode, event.value, event.implicit)
        kind = tag.removeprefix(_YAML_TAG)
        return event.value if kind in _TEXT_HERE else _plain(event, kind)
    if not tag.startswith(_YAML_TAG):
        return _function(event, event.value)
    return _plain(event, tag.removeprefix(_YAML_TAG))


def _plain(event: Any, kind: str) -> Any:
    node = yaml.ScalarNode(kind, event.value)
    try:
        match kind:
            case "int":
                return _CONSTRUCTOR.construct_yaml_int(node)
            case "float":
                number = _CONSTRUCTOR.construct_yaml_float(node)
                return number if abs(number) < float("inf") else event.value
            case "bool":
                return _CONSTRUCTOR.construct_yaml_bool(node)
            case "null":
                return None
            case "str":
                return event.value
    except (ValueError, KeyError):
        pass
    raise _malformed("", event.start_mark)


def _function(event: Any, argument: Any) -> Any:
    """The long form of a tagged value; the value itself when it has no tag."""
    tag = event.tag
    if tag is None or tag == "!" or tag in (f"{_YAML_TAG}map", f"{_YAML_TAG}seq"):
        return argument
    name = _SHORT_FORMS.get(tag.removeprefix("!"))
    if name is None or not tag.startswith("!"):
        raise _malformed("", event.start_mark)
    return {name: argument}


def number(text: str) -> int | float | None:
    """The number that a text is, written as JSON or YAML write numbers; None for any other text."""
    if not _NUMBER.fullmatch(text):
        return None
    return float(text) if set(text) & set(".eE") else int(text)


def _malformed(_: str, mark: Any) -> AwsError:
    where = f" (line {mark.line + 1}, column {mark.column + 1})" if mark else ""
    return format_error(f"YAML not well-formed.{where}")


def nulls(value: Any, path: str = "") -> Iterator[str]:
    """The paths (``/Resources/A``) at which a value is null, which no template may have."""
    if value is None:
        yield path
    elif isinstance(value, Mapping):
        for key, member in value.items():
            yield from nulls(member, f"{path}/{key}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from nulls(item, f"{path}/{index}")


_GRAMMAR: Final = bounded_yaml.Grammar(
    depth_limit=_DEPTH_LIMIT,
    value_limit=_NODE_LIMIT,
    scalar=_scalar,
    sequence=_function,
    mapping=_function,
    malformed=_malformed,
    too_deep=_too_deep,
    too_many=lambda: format_error(f"Template has more than {_NODE_LIMIT} values."),
)
