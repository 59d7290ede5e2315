"""AWS's own linter on every template and every pair of options, where Herogate is to run first."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import stacks_options
from cfnlint.api import lint
from cfnlint.config import ConfigMixIn
from cfnlint.runner import Runner
from stacks_cases import templates
from troposphere import Template

REGIONS = ["us-east-1", "eu-west-1", "ap-northeast-1"]
TEMPLATES = templates()
COMBINATIONS = stacks_options.templates()
INLINE_BYTES = 51_200


@cache
def rules() -> Any:
    """The linter's rules, which take longer to load than a template to check."""
    return Runner(ConfigMixIn(regions=REGIONS)).rules


@pytest.fixture(scope="module", autouse=True)
def _few_collections() -> Iterator[None]:
    """Walking the linter's million objects again and again would take as long as the linting."""
    rules()
    gc.collect()
    gc.freeze()
    gc.disable()
    yield
    gc.enable()
    gc.unfreeze()


def findings(template: Template) -> list[str]:
    return [str(match) for match in lint(template.to_json(), rules=rules(), regions=REGIONS)]


@pytest.mark.parametrize("name", TEMPLATES)
def test_cfn_lint_finds_nothing(name: str) -> None:
    assert findings(TEMPLATES[name]) == []


@pytest.mark.parametrize("name", COMBINATIONS)
def test_cfn_lint_finds_nothing_in_any_combination_of_options(name: str) -> None:
    assert findings(COMBINATIONS[name]) == []


def test_the_combinations_are_many() -> None:
    assert len(COMBINATIONS) >= 64


def test_the_linter_finds_what_is_wrong() -> None:
    wrong = TEMPLATES["space"].to_dict()
    wrong["Resources"]["Bucket"]["Properties"]["BucketName"] = "Not A Bucket"
    found = lint(json.dumps(wrong), rules=rules(), regions=REGIONS)
    assert {tuple(match.path[:4]) for match in found} == {
        ("Resources", "Bucket", "Properties", "BucketName")
    }


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_can_be_sent_inline_with_room_to_grow(name: str) -> None:
    sent = TEMPLATES[name].to_json(indent=None)
    assert len(sent.encode()) < INLINE_BYTES * 3 / 4
