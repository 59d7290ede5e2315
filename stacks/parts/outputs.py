"""What a stack tells: outputs by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from troposphere import Output, Template

Name = TypeVar("Name", bound=str)


def add_outputs(template: Template, values: Mapping[Name, object]) -> None:
    """Add outputs in the order given; a value that is None is none that the stack has."""
    for name, value in values.items():
        if value is not None:
            template.add_output(Output(str(name), Value=value))
