"""The Conditions section: in which order its members are told, and which of them hold."""

from __future__ import annotations

import graphlib
from collections.abc import Callable, Mapping
from typing import Any, Final

from herogate.local.planes.cloudformation.templates.notation import format_error, template_error
from herogate.local.planes.cloudformation.templates.template import text

FUNCTIONS: Final = ("Condition", "Fn::And", "Fn::Equals", "Fn::Not", "Fn::Or")
"""The functions that give truth, known in this section only."""


def order(conditions: Mapping[str, Any]) -> list[str]:
    """The conditions so that each comes after those it mentions.

    Raises:
        AwsError: ``ValidationError`` for a circle and for a mention of a condition not declared.
    """
    mentions = {name: _mentioned(expression) for name, expression in conditions.items()}
    for names in mentions.values():
        for name in names:
            if name not in conditions:
                raise template_error(f"unresolved condition dependency {name} in Condition")
    try:
        return list(graphlib.TopologicalSorter(mentions).static_order())
    except graphlib.CycleError as cycle:
        circle = ", ".join(dict.fromkeys(cycle.args[1]))
        raise template_error(f"Found circular condition dependency: [{circle}]") from cycle


def _mentioned(expression: Any) -> list[str]:
    match expression:
        case {"Condition": str(name)}:
            return [name]
        case {"Fn::If": [str(name), *branches]}:
            return [name, *_mentioned(branches)]
        case dict():
            return _mentioned(list(expression.values()))
        case list():
            return [name for item in expression for name in _mentioned(item)]
    return []


def holds(expression: Any, results: Mapping[str, bool], evaluate: Callable[[Any], Any]) -> bool:
    """Whether a condition's expression is true.

    Args:
        results: the conditions it may mention.
        evaluate: the value of an operand.
    """
    match expression:
        case {**several} if len(several) != 1:
            pass
        case {"Condition": str(name)}:
            return results[name]
        case {"Fn::Equals": argument}:
            if not isinstance(argument, list) or len(argument) != 2:
                raise template_error(
                    "every Fn::Equals object requires a list of 2 string parameters."
                )
            one, other = (evaluate(item) for item in argument)
            return bool(_comparable(one) == _comparable(other))
        case {"Fn::Not": argument}:
            if not isinstance(argument, list) or len(argument) != 1:
                raise template_error("Fn::Not requires a list argument with one element")
            return not holds(argument[0], results, evaluate)
        case {"Fn::And": argument}:
            truths = [holds(item, results, evaluate) for item in _operands("Fn::And", argument)]
            return all(truths)
        case {"Fn::Or": argument}:
            truths = [holds(item, results, evaluate) for item in _operands("Fn::Or", argument)]
            return any(truths)
    raise format_error(
        "Conditions can only be boolean operations on parameters and other conditions"
    )


def _operands(name: str, argument: Any) -> list[Any]:
    if not isinstance(argument, list) or not 2 <= len(argument) <= 10:
        raise template_error(
            f"every {name} object requires a list of at least 2 and at most 10 boolean parameters."
        )
    return argument


def _comparable(value: Any) -> Any:
    return [text(item) for item in value] if isinstance(value, list) else text(value)
