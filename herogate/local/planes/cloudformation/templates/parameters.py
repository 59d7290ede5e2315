"""The parameters of a stack: what the caller gave, checked against what the template declares."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import regex

from herogate.local.errors import AwsError
from herogate.local.planes.cloudformation.templates import notation
from herogate.local.planes.cloudformation.templates.template import ParameterDeclaration, Template


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """A parameter's value in one stack.

    Attributes:
        text: the value as given or defaulted: ``ParameterValue`` in DescribeStacks, and what
            UsePreviousValue stands for.
        value: what ``Ref`` gives: a string, or a list of strings for the list types.
        resolved: for the ``AWS::SSM::Parameter::Value<...>`` types what the named parameter held:
            ``ResolvedValue`` in DescribeStacks. None for every other type.
        no_echo: the value is never shown.
    """

    text: str
    value: str | list[str]
    resolved: str | None = None
    no_echo: bool = False

    @property
    def shown(self) -> str:
        """``ParameterValue`` as DescribeStacks answers it."""
        return "****" if self.no_echo else self.text


def resolve(
    template: Template, given: Mapping[str, str], ssm: Callable[[str], str]
) -> dict[str, Parameter]:
    """The value of every declared parameter, by name.

    Args:
        given: what the caller gave, with previous values already put in for UsePreviousValue.
        ssm: the current value of the SSM parameter of this name (a StringList as one text with
            commas); raises `AwsError` when there is none.

    Raises:
        AwsError: ``ValidationError`` in CloudFormation's words, for missing and undeclared
            parameters and for values that break a constraint.
    """
    declared = template.parameters
    if unknown := [name for name in given if name not in declared]:
        raise _refusal(f"Parameters: [{', '.join(unknown)}] do not exist in the template")
    texts = {name: given.get(name, declaration.default) for name, declaration in declared.items()}
    if missing := [name for name, value in texts.items() if value is None]:
        raise _refusal(f"Parameters: [{', '.join(missing)}] must have values")
    return {
        name: _resolve(declared[name], value, ssm)
        for name, value in texts.items()
        if value is not None
    }


def _refusal(message: str) -> AwsError:
    return AwsError("ValidationError", message)


def _resolve(declaration: ParameterDeclaration, text: str, ssm: Callable[[str], str]) -> Parameter:
    held = ssm(text) if declaration.names_ssm_parameter else None
    value = text if held is None else held
    items = [item.strip() for item in value.split(",")] if declaration.is_list and value else []
    for item in items if declaration.is_list and held is None else [text]:
        _check(declaration, item)
    return Parameter(
        text=text,
        value=items if declaration.is_list else value,
        resolved=held,
        no_echo=declaration.no_echo,
    )


def _check(declaration: ParameterDeclaration, text: str) -> None:
    """Refuse a value, or one item of a list, that breaks a constraint."""
    if (broken := _broken(declaration, text)) is None:
        return
    if declaration.constraint_description is not None:
        raise _refusal(
            f"Parameter {declaration.name} failed to satisfy constraint: "
            f"{declaration.constraint_description}"
        )
    raise _refusal(f"Parameter '{declaration.name}' {broken}")


def _broken(declaration: ParameterDeclaration, text: str) -> str | None:
    """What a value must be and is not; None when nothing is wrong with it."""
    if declaration.is_number:
        number = notation.number(text)
        if number is None:
            return "must be a number."
        if declaration.min_value is not None and number < declaration.min_value:
            return f"must be a number not less than {declaration.min_value:g}"
        if declaration.max_value is not None and number > declaration.max_value:
            return f"must be a number not greater than {declaration.max_value:g}"
    if declaration.allowed_values is not None and text not in declaration.allowed_values:
        return "must be one of AllowedValues"
    if declaration.min_length is not None and len(text) < declaration.min_length:
        return f"must contain at least {declaration.min_length} characters"
    if declaration.max_length is not None and len(text) > declaration.max_length:
        return f"must contain at most {declaration.max_length} characters"
    return _mismatch(declaration.allowed_pattern, text)


def _mismatch(pattern: str | None, text: str) -> str | None:
    try:
        if pattern is None or regex.fullmatch(pattern, text):
            return None
    except regex.error:
        return "AllowedPattern must be a valid regular expression."
    return f"must match pattern {pattern}"
