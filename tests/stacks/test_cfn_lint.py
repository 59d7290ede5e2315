"""AWS's own linter on every template and every pair of options, where Herogate is to run first."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
import stacks_options
from stacks_cases import templates
from template_linter import TemplateLinter, few_collections

REGIONS = ["us-east-1", "eu-west-1", "ap-northeast-1"]
TEMPLATES = templates()
COMBINATIONS = stacks_options.templates()
INLINE_BYTES = 51_200


@pytest.fixture(scope="module")
def linter() -> Iterator[TemplateLinter]:
    """The linter for all regions."""
    made = TemplateLinter(REGIONS)
    with few_collections():
        yield made


def test_cfn_lint_finds_nothing(linter: TemplateLinter) -> None:
    found = {name: linter.findings(each.to_json()) for name, each in TEMPLATES.items()}
    assert found == {name: [] for name in TEMPLATES}


@pytest.mark.parametrize("kind", ["space", "app", "formation"])
def test_cfn_lint_finds_nothing_in_any_combination_of_options(
    linter: TemplateLinter, kind: str
) -> None:
    of_kind = {name: each for name, each in COMBINATIONS.items() if name.startswith(f"{kind} ")}
    found = {name: linter.findings(each.to_json()) for name, each in of_kind.items()}
    assert found == {name: [] for name in of_kind}


def test_the_combinations_are_many() -> None:
    assert len(COMBINATIONS) >= 64


@pytest.mark.parametrize(
    ("resource", "spoiled"),
    [
        ("Bucket", {"BucketName": "Not A Bucket"}),
        ("Ledger", {"TableName": {"Ref": "Nothing"}}),
    ],
)
def test_the_linter_finds_what_is_wrong_each_time(
    linter: TemplateLinter, resource: str, spoiled: dict[str, object]
) -> None:
    wrong = TEMPLATES["space"].to_dict()
    assert linter.findings(json.dumps(wrong)) == []
    wrong["Resources"][resource]["Properties"].update(spoiled)
    for _ in range(2):
        assert {where[1] for _, where in linter.findings(json.dumps(wrong))} == {resource}


def test_the_linter_looks_again_at_what_names_a_resource_that_has_changed(
    linter: TemplateLinter,
) -> None:
    wrong = TEMPLATES["space"].to_dict()
    assert linter.findings(json.dumps(wrong)) == []
    wrong["Resources"]["Vpc"] = {"Type": "AWS::SNS::Topic"}
    assert {where[1] for _, where in linter.findings(json.dumps(wrong))} >= {
        "InternetGatewayAttachment",
        "PublicSubnet1",
        "TaskSecurityGroup",
    }


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_can_be_sent_inline_with_room_to_grow(name: str) -> None:
    sent = TEMPLATES[name].to_json(indent=None)
    assert len(sent.encode()) < INLINE_BYTES * 3 / 4
