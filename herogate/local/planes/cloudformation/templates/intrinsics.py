"""The intrinsic functions: what a template's values are in one stack.

Pure: everything outside the template is asked through a `Scope`. `resolve` gives the values that
are recorded and compared; secrets stay references in them and are put in by `reveal` at the last
moment, so that no secret is ever recorded.
"""

from __future__ import annotations

import base64
import enum
import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Final

from herogate.local.errors import AwsError, not_supported
from herogate.local.planes.cloudformation.templates import conditions, dynamic_references
from herogate.local.planes.cloudformation.templates.notation import template_error
from herogate.local.planes.cloudformation.templates.references import SUB_VARIABLE, function
from herogate.local.planes.cloudformation.templates.scope import (
    UNKNOWN,
    Scope,
    is_known,
    pseudo_parameters,
)
from herogate.local.planes.cloudformation.templates.template import Template, text

__all__ = [
    "FUNCTIONS",
    "UNKNOWN",
    "Scope",
    "evaluate_conditions",
    "is_known",
    "missing_mapping",
    "pseudo_parameters",
    "resolve",
    "reveal",
    "unsupported_function",
]


class _NoValue(enum.Enum):
    NO_VALUE = "AWS::NoValue"


_NO_VALUE: Final = _NoValue.NO_VALUE
_SUB_NAME: Final = re.compile(r"[A-Za-z0-9_.:]+")


def evaluate_conditions(template: Template, scope: Scope) -> dict[str, bool]:
    """Each condition's result, by name; the scope's own `conditions` are not looked at.

    Raises:
        AwsError: ``ValidationError`` as CloudFormation words it.
    """
    results: dict[str, bool] = {}
    for name in conditions.order(template.conditions):
        inner = partial(_evaluate, scope=replace(scope, conditions=results))
        results[name] = conditions.holds(template.conditions[name], results, inner)
    return {name: results[name] for name in template.conditions}


def resolve(value: Any, scope: Scope) -> Any:
    """A template's value with every intrinsic function and ``{{resolve:ssm:...}}`` evaluated.

    Members and items that come to ``AWS::NoValue`` are left out; a whole value that does is None.
    ``{{resolve:ssm-secure:...}}`` and ``{{resolve:secretsmanager:...}}`` are kept: see `reveal`.

    Raises:
        AwsError: ``ValidationError`` as CloudFormation words it.
    """
    resolved = _evaluate(value, scope)
    if resolved is _NO_VALUE:
        return None
    return dynamic_references.replace_plain(resolved, scope.ssm)


def reveal(value: Any, scope: Scope) -> Any:
    """A resolved value with the secrets put in for their references. Never to be recorded."""
    return dynamic_references.replace_secret(value, scope.ssm_secure, scope.secret)


def _evaluate(value: Any, scope: Scope) -> Any:
    if found := function(value):
        name, argument = found
        if name == "Fn::Transform":
            raise not_supported("transforms and macros (Fn::Transform)")
        if name not in FUNCTIONS:
            raise unsupported_function(name)
        return FUNCTIONS[name](argument, scope)
    if isinstance(value, Mapping):
        members = {key: _evaluate(member, scope) for key, member in value.items()}
        return {key: member for key, member in members.items() if member is not _NO_VALUE}
    if isinstance(value, list):
        items = [_evaluate(item, scope) for item in value]
        return [item for item in items if item is not _NO_VALUE]
    return value


def unsupported_function(name: str) -> AwsError:
    """The refusal of a function that CloudFormation does not have."""
    return template_error(
        f"Encountered unsupported function: {name} "
        f"Supported functions are: [{', '.join([*FUNCTIONS, *conditions.FUNCTIONS])}]"
    )


def _ref(argument: Any, scope: Scope) -> Any:
    if not isinstance(argument, str):
        raise template_error("All References must be of type string")
    if argument == "AWS::NoValue":
        return _NO_VALUE
    for values in (scope.pseudo, scope.parameters):
        if argument in values:
            return values[argument]
    return scope.reference(argument)


def _get_att(argument: Any, scope: Scope) -> Any:
    match argument:
        case [str(logical_id), attribute] if logical_id and attribute:
            name = _evaluate(attribute, scope)
            return UNKNOWN if name is UNKNOWN else scope.attribute(logical_id, name)
    raise template_error(
        "every Fn::GetAtt object requires two non-empty parameters, "
        "the resource name and the resource attribute"
    )


def _sub(argument: Any, scope: Scope) -> Any:
    match argument:
        case str(template):
            variables: dict[str, Any] = {}
        case [str(template), dict(declared)]:
            variables = {name: _evaluate(item, scope) for name, item in declared.items()}
        case _:
            raise template_error(
                "One or more Fn::Sub intrinsic functions don't specify expected arguments. "
                "Specify a string as first argument, and an optional second argument to specify "
                "a mapping of values to replace in the string"
            )
    values = {name: _variable(name, variables, scope) for name in SUB_VARIABLE.findall(template)}
    if UNKNOWN in values.values():
        return UNKNOWN
    return SUB_VARIABLE.sub(lambda found: text(values[found[1]]), template)


def _variable(name: str, variables: Mapping[str, Any], scope: Scope) -> Any:
    if name.startswith("!"):
        return f"${{{name[1:]}}}"
    if not _SUB_NAME.fullmatch(name):
        raise template_error(
            "variable names in Fn::Sub syntax must contain only alphanumeric characters, "
            "underscores, periods, and colons"
        )
    logical_id, _, attribute = name.partition(".")
    if name in variables:
        value = variables[name]
    else:
        value = scope.attribute(logical_id, attribute) if attribute else _ref(name, scope)
    if isinstance(value, list | Mapping) or value is _NO_VALUE:
        raise template_error(f"variable {name} in Fn::Sub expression does not resolve to a string")
    return value


def _join(argument: Any, scope: Scope) -> Any:
    refusal = template_error(
        "every Fn::Join object requires two parameters, (1) a string delimiter and (2) a list of "
        "strings to be joined or a function that returns a list of strings (such as Fn::GetAZs) "
        "to be joined."
    )
    if not isinstance(argument, list) or len(argument) != 2 or not isinstance(argument[0], str):
        raise refusal
    items = _evaluate(argument[1], scope)
    if items is UNKNOWN or (isinstance(items, list) and UNKNOWN in items):
        return UNKNOWN
    if not isinstance(items, list) or any(isinstance(item, list | Mapping) for item in items):
        raise refusal
    return argument[0].join(map(text, items))


def _select(argument: Any, scope: Scope) -> Any:
    refusal = template_error(
        "Fn::Select requires a list argument with two elements: an integer index and a list"
    )
    if not isinstance(argument, list) or len(argument) != 2:
        raise refusal
    index, items = (_evaluate(part, scope) for part in argument)
    if index is UNKNOWN or items is UNKNOWN:
        return UNKNOWN
    if not isinstance(items, list) or not text(index).lstrip("-").isdecimal():
        raise refusal
    if not 0 <= int(index) < len(items):
        raise template_error(f"Fn::Select cannot select nonexistent value at index {index}")
    return items[int(index)]


def _split(argument: Any, scope: Scope) -> Any:
    refusal = template_error(
        "every Fn::Split object requires two parameters, (1) a string delimiter and (2) a string "
        "to be split or a function that returns a string to be split."
    )
    if not isinstance(argument, list) or len(argument) != 2:
        raise refusal
    delimiter, whole = (_evaluate(part, scope) for part in argument)
    if delimiter is UNKNOWN or whole is UNKNOWN:
        return UNKNOWN
    if not isinstance(delimiter, str) or not delimiter or not isinstance(whole, str):
        raise refusal
    return whole.split(delimiter)


def _if(argument: Any, scope: Scope) -> Any:
    if not isinstance(argument, list) or len(argument) != 3 or not isinstance(argument[0], str):
        raise template_error("Fn::If requires a list argument with three elements")
    name, true, false = argument
    if name not in scope.conditions:
        raise template_error(f"unresolved condition dependency {name} in Fn::If")
    return _evaluate(true if scope.conditions[name] else false, scope)


def _find_in_map(argument: Any, scope: Scope) -> Any:
    refusal = template_error(
        "every Fn::FindInMap object requires three parameters, the map name, map key and the "
        "attribute for return value"
    )
    if not isinstance(argument, list) or len(argument) != 3:
        raise refusal
    keys = [_evaluate(part, scope) for part in argument]
    if UNKNOWN in keys:
        return UNKNOWN
    if not all(isinstance(key, str | int) for key in keys):
        raise refusal
    name, key, attribute = map(text, keys)
    if name not in scope.mappings:
        raise missing_mapping(name)
    try:
        return scope.mappings[name][key][attribute]
    except KeyError as missing:
        raise template_error(f"Unable to get mapping for {name}::{key}::{attribute}") from missing


def missing_mapping(name: str) -> AwsError:
    """The refusal of a mapping that the template does not declare."""
    return template_error(
        f"Mapping named '{name}' is not present in the 'Mappings' section of template."
    )


def _base64(argument: Any, scope: Scope) -> Any:
    value = _evaluate(argument, scope)
    if value is UNKNOWN:
        return UNKNOWN
    if isinstance(value, list | Mapping) or value is _NO_VALUE:
        raise template_error("every Fn::Base64 object must have a String-typed value.")
    return base64.b64encode(text(value).encode()).decode()


def _cidr(argument: Any, scope: Scope) -> Any:
    if not isinstance(argument, list) or len(argument) not in (2, 3):
        raise template_error("every Fn::Cidr object requires two or three parameters")
    parts = [_evaluate(part, scope) for part in argument]
    if UNKNOWN in parts:
        return UNKNOWN
    try:
        network = ipaddress.ip_network(text(parts[0]), strict=False)
        bits = int(parts[2]) if len(parts) == 3 else 8
        count = int(parts[1])
        prefix = network.max_prefixlen - bits
        if not 1 <= count <= min(256, 2 ** (prefix - network.prefixlen)):
            raise ValueError(count)  # noqa: TRY301 - the same refusal as any other bad number
    except (ValueError, TypeError) as cause:
        raise template_error(
            f"Fn::Cidr cannot make these blocks: {', '.join(map(str, parts))}"
        ) from cause
    blocks = network.subnets(new_prefix=prefix)
    return [str(next(blocks)) for _ in range(count)]


def _get_azs(argument: Any, scope: Scope) -> Any:
    region = _evaluate(argument, scope)
    if region is UNKNOWN:
        return UNKNOWN
    if not isinstance(region, str):
        raise template_error("every Fn::GetAZs object must have a String-typed value.")
    zones = scope.availability_zones(region or scope.pseudo["AWS::Region"])
    return zones if zones is UNKNOWN else list(zones)


def _import_value(argument: Any, scope: Scope) -> Any:
    name = _evaluate(argument, scope)
    if name is UNKNOWN:
        return UNKNOWN
    if not isinstance(name, str):
        raise template_error(
            "the attribute in Fn::ImportValue must be a string or a function that returns a string"
        )
    return scope.import_value(name)


FUNCTIONS: Final[Mapping[str, Callable[[Any, Scope], Any]]] = {
    "Ref": _ref,
    "Fn::Base64": _base64,
    "Fn::Cidr": _cidr,
    "Fn::FindInMap": _find_in_map,
    "Fn::GetAZs": _get_azs,
    "Fn::GetAtt": _get_att,
    "Fn::If": _if,
    "Fn::ImportValue": _import_value,
    "Fn::Join": _join,
    "Fn::Select": _select,
    "Fn::Split": _split,
    "Fn::Sub": _sub,
}
"""The functions that give values."""
