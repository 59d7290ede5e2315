"""What a template's value refers to, and which functions it uses, without resolving it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

SUB_VARIABLE: Final = re.compile(r"\$\{([^}]*)\}")
"""What stands between ``${`` and ``}`` in an Fn::Sub text; with a ``!`` in front it is no variable
but stands for itself."""


@dataclass(frozen=True, kw_only=True)
class Reference:
    """One mention of something by name.

    Attributes:
        function: ``Ref``, ``Fn::GetAtt`` or ``Fn::Sub``.
        name: of a parameter, pseudo parameter or resource.
        attribute: the resource's attribute, None for a plain reference.
    """

    function: str
    name: str
    attribute: str | None = None


def function(value: Any) -> tuple[str, Any] | None:
    """The name and argument of an intrinsic function call; None for any other value.

    ``{"Condition": ...}`` is a function only among conditions and not found here.
    """
    if isinstance(value, Mapping) and len(value) == 1:
        name, argument = next(iter(value.items()))
        if name == "Ref" or name.startswith("Fn::"):
            return name, argument
    return None


def references(value: Any, conditions: Mapping[str, bool] | None = None) -> Iterator[Reference]:
    """Every mention of a parameter, pseudo parameter or resource within a value, in order.

    With `conditions`, the branch of an ``Fn::If`` that is not taken is left out.
    """
    match function(value):
        case "Ref", str(name):
            yield Reference(function="Ref", name=name)
        case "Fn::GetAtt", [str(name), attribute]:
            yield from _attribute(name, attribute, conditions)
        case "Fn::Sub", str(text):
            yield from _sub(text, {}, conditions)
        case "Fn::Sub", [str(text), dict(variables)]:
            yield from _sub(text, variables, conditions)
        case "Fn::If", [str(name), true, false] if conditions is not None and name in conditions:
            yield from references(true if conditions[name] else false, conditions)
        case _:
            for member in _members(value):
                yield from references(member, conditions)


def calls(value: Any) -> Iterator[tuple[str, Any]]:
    """Every intrinsic function call within a value, outermost first: name and argument."""
    if found := function(value):
        yield found
    for member in _members(value):
        yield from calls(member)


def _members(value: Any) -> Iterator[Any]:
    if isinstance(value, Mapping):
        yield from value.values()
    elif isinstance(value, list):
        yield from value


def _attribute(
    name: str, attribute: Any, conditions: Mapping[str, bool] | None
) -> Iterator[Reference]:
    literal = attribute if isinstance(attribute, str) else ""
    yield Reference(function="Fn::GetAtt", name=name, attribute=literal)
    yield from references(attribute, conditions)


def _sub(
    text: str, variables: Mapping[str, Any], conditions: Mapping[str, bool] | None
) -> Iterator[Reference]:
    for variable in SUB_VARIABLE.findall(text):
        if variable not in variables and not variable.startswith("!"):
            name, _, attribute = variable.partition(".")
            yield Reference(function="Fn::Sub", name=name, attribute=attribute or None)
    yield from references(list(variables.values()), conditions)
