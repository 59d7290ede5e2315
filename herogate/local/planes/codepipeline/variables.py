"""The variables of an execution, and ``#{namespace.name}`` in an action's configuration. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from herogate.local.errors import AwsError

_REFERENCE = re.compile(r"#\{([A-Za-z0-9@_-]+)\.([A-Za-z0-9@_-]+)\}")

Namespaces = Mapping[str, Mapping[str, str]]
"""Values by namespace and name."""


class UnresolvedVariable(Exception):
    """A configuration refers to a variable that the execution does not have."""


def resolved(configuration: Mapping[str, str], namespaces: Namespaces) -> dict[str, str]:
    """A configuration with its references replaced, as plain text: nothing is escaped.

    Raises:
        UnresolvedVariable: one of them names nothing.
    """

    def value(reference: re.Match[str]) -> str:
        namespace, name = reference.groups()
        try:
            return namespaces[namespace][name]
        except KeyError:
            raise UnresolvedVariable(
                f"The action configuration refers to the variable {reference.group(0)}, "
                "which has no value in this execution"
            ) from None

    return {key: _REFERENCE.sub(value, text) for key, text in configuration.items()}


def of_execution(
    declared: Sequence[Mapping[str, Any]], given: Sequence[Mapping[str, str]]
) -> dict[str, str]:
    """The values of a codepipeline's own variables for one execution.

    Raises:
        AwsError: ``ValidationException``: one is unknown, or has neither value nor default.
    """
    values = {each["name"]: each["value"] for each in given}
    known = {each["name"] for each in declared}
    for name in sorted(values.keys() - known):
        raise _invalid(f"The variable '{name}' is not declared in the pipeline")
    for variable in declared:
        if variable["name"] not in values and "defaultValue" not in variable:
            raise _invalid(
                f"The variable '{variable['name']}' has no default value and none was given"
            )
    defaults = {each["name"]: each["defaultValue"] for each in declared if "defaultValue" in each}
    return {**defaults, **values}


def _invalid(message: str) -> AwsError:
    return AwsError("ValidationException", message)
