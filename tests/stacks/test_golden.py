"""Whole templates, as they are sent."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from stacks_cases import templates

TEMPLATES = templates()


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_is_what_its_golden_file_says(
    name: str, matches_golden: Callable[[str, str], None]
) -> None:
    matches_golden(name, TEMPLATES[name].to_yaml())


def test_every_golden_file_is_some_cases() -> None:
    files = (Path(__file__).parent / "golden").iterdir()
    assert {file.name for file in files} == {f"{name}.yaml" for name in TEMPLATES}
