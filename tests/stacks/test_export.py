"""Templates as people keep them: the same as was sent, and true of what runs."""

from __future__ import annotations

import json

import cfn_flip
import pytest
from stacks_cases import FORMATIONS, templates

from stacks import export, formation

TEMPLATES = templates()


@pytest.mark.parametrize("name", TEMPLATES)
def test_yaml_says_the_same_as_what_was_sent(name: str) -> None:
    sent = TEMPLATES[name].to_json()
    assert json.loads(cfn_flip.to_json(export.as_yaml(sent))) == json.loads(sent)


def test_a_formation_says_what_is_true_now_and_nothing_else_becomes_otherwise() -> None:
    sent = formation.template(FORMATIONS["formation"]).to_json()
    now = json.loads(
        export.brought_up_to_date(
            sent,
            {
                "web": export.Service(
                    task_definition_arn="arn:new",
                    count=3,
                    port=3000,
                    capacity=[{"capacityProvider": "FARGATE_SPOT", "weight": 1, "base": 0}],
                ),
                "gone": export.Service(task_definition_arn="arn:old", count=1),
            },
        )
    )
    before, after = json.loads(sent)["Resources"], now["Resources"]
    web = after["Serviceweb"]["Properties"]
    assert (web["TaskDefinition"], web["DesiredCount"]) == ("arn:new", 3)
    assert web["LoadBalancers"][0]["ContainerPort"] == 3000
    assert web["CapacityProviderStrategy"] == [
        {"CapacityProvider": "FARGATE_SPOT", "Weight": 1, "Base": 0}
    ]
    assert {name for name in before if before[name] != after[name]} == {"Serviceweb"}
    assert before.keys() == after.keys()
