"""AWS's own linter on every template, where Herogate is meant to run first."""

from __future__ import annotations

import pytest
from cfnlint.api import lint
from stacks_cases import templates

REGIONS = ["us-east-1", "eu-west-1", "ap-northeast-1"]
TEMPLATES = templates()


@pytest.mark.parametrize("name", TEMPLATES)
def test_cfn_lint_finds_nothing(name: str) -> None:
    assert [str(match) for match in lint(TEMPLATES[name].to_json(), regions=REGIONS)] == []


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_can_be_sent_inline_with_room_to_grow(name: str) -> None:
    sent = TEMPLATES[name].to_json(indent=None)
    assert len(sent.encode()) < 51_200 * 3 / 4
