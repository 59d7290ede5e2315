"""Templates as people keep them: the same as was sent, and true of what runs."""

from __future__ import annotations

import json

import cfn_flip
import pytest
from stacks_cases import APPS, FORMATIONS, PORT_APP, templates

from stacks import app, export, formation
from stacks.parts import pages

TEMPLATES = templates()


@pytest.mark.parametrize("name", TEMPLATES)
def test_yaml_says_the_same_as_what_was_sent(name: str) -> None:
    sent = TEMPLATES[name].to_json()
    assert json.loads(cfn_flip.to_json(export.as_yaml(sent))) == json.loads(sent)


BORN = export.Front(
    page=(pages.NOTHING_HERE_STATUS, pages.nothing_here_yet("my-shop")),
    hosts=(),
    health_check_path=PORT_APP.options.health_check_path,
    buildpacks=(),
    buildspec=PORT_APP.build_buildspec,
)


def test_an_app_that_is_as_it_was_born_has_the_template_that_was_sent() -> None:
    sent = app.template(PORT_APP).to_json()
    assert json.loads(export.app_brought_up_to_date(sent, BORN)) == json.loads(sent)


def test_an_app_says_what_is_true_now_and_nothing_else_becomes_otherwise() -> None:
    sent = app.template(APPS["app-at-host"]).to_json()
    hosts = ["my-shop.apps.example.com", "www.example.com"]
    front = export.Front(
        page=None,
        hosts=hosts,
        health_check_path="/up",
        buildpacks=("heroku/python", "heroku/nodejs"),
        buildspec="version: 0.2",
    )
    before = json.loads(sent)["Resources"]
    after = json.loads(export.app_brought_up_to_date(sent, front))["Resources"]
    rules = [after[name]["Properties"] for name in ("PageRule", "HostRule")]
    leads = [{"Type": "forward", "TargetGroupArn": {"Ref": "TargetGroup"}}]
    assert [rule["Actions"] for rule in rules] == [leads, leads]
    assert [rule["Conditions"][0]["HostHeaderConfig"] for rule in rules] == [{"Values": hosts}] * 2
    assert after["TargetGroup"]["Properties"]["HealthCheckPath"] == "/up"
    build = after["BuildProject"]["Properties"]
    assert build["Source"]["BuildSpec"] == "version: 0.2"
    assert build["Environment"]["EnvironmentVariables"][-1] == {
        "Name": "HEROGATE_BUILDPACKS",
        "Type": "PLAINTEXT",
        "Value": "heroku/python heroku/nodejs",
    }
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"PageRule", "HostRule", "TargetGroup", "BuildProject"}


def test_what_a_team_has_made_of_a_template_is_exported_again() -> None:
    kept = json.loads(app.template(PORT_APP).to_json())
    del kept["Resources"]["BuildProject"]
    again = export.app_brought_up_to_date(export.as_yaml(json.dumps(kept)), BORN)
    assert json.loads(again) == kept
    assert json.loads(cfn_flip.to_json(export.as_yaml(again))) == kept


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
    assert web["CapacityProviderStrategy"] == [{"CapacityProvider": "FARGATE_SPOT", "Weight": 1}]
    assert {name for name in before if before[name] != after[name]} == {"Serviceweb"}
    assert before.keys() == after.keys()
