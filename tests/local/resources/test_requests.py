"""How a template's properties become a request, seen in what the API then knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import boto3
import pytest

from herogate.local.errors import AwsError
from herogate.local.resources.requests import boolean, send

from .conftest import World


@dataclass(frozen=True)
class Recorder:
    """The calls that leave a client, by the parameters as botocore has validated them."""

    client: Any
    sent: list[Mapping[str, Any]]


@pytest.fixture
def pipelines(world: World) -> Recorder:
    client = boto3.client("codepipeline", region_name=world.context.region)
    sent: list[Mapping[str, Any]] = []
    client.meta.events.register(
        "provide-client-params.codepipeline.*", lambda params, **_: sent.append(dict(params))
    )
    return Recorder(client, sent)


def declaration(**action: Any) -> dict[str, Any]:
    kind = {"Category": "Build", "Owner": "AWS", "Provider": "CodeBuild", "Version": 1}
    stage = {"Name": "Build", "Actions": [{"Name": "Build", "ActionTypeId": kind, **action}]}
    return {"Pipeline": {"Name": "a", "RoleArn": "arn", "Stages": [stage]}}


def test_names_and_scalars_take_the_form_that_the_api_declares(
    world: World, pipelines: Recorder
) -> None:
    role = world.role("codepipeline")
    request = declaration(
        RunOrder="2",
        Configuration={"ProjectName": "b", "Batch": True, "Variables": [{"a": 1}]},
    )
    request["Pipeline"]["RoleArn"] = role
    request["Pipeline"]["Stages"] *= 2
    send(pipelines.client, "create_pipeline", {**request, "Tags": {"app": "demo"}, "Other": 1})
    action = {
        "name": "Build",
        "actionTypeId": {
            "category": "Build",
            "owner": "AWS",
            "provider": "CodeBuild",
            "version": "1",
        },
        "runOrder": 2,
        "configuration": {"ProjectName": "b", "Batch": "true", "Variables": '[{"a": 1}]'},
    }
    assert pipelines.sent == [
        {
            "pipeline": {
                "name": "a",
                "roleArn": role,
                "stages": [{"name": "Build", "actions": [action]}] * 2,
            },
            "tags": [{"key": "app", "value": "demo"}],
        }
    ]


def test_an_unknown_name_inside_a_property_is_refused_with_its_path(pipelines: Recorder) -> None:
    with pytest.raises(AwsError, match=r"Pipeline\.Stages\.Actions\.Moonphase") as refusal:
        send(pipelines.client, "create_pipeline", declaration(Moonphase="full"))
    assert refusal.value.code == "NotImplemented"
    assert pipelines.sent == []


def test_what_botocore_will_not_send_is_a_validation_error(pipelines: Recorder) -> None:
    with pytest.raises(AwsError, match="Missing required parameter") as refusal:
        send(pipelines.client, "create_pipeline", {"Pipeline": {"Name": "a"}})
    assert refusal.value.code == "ValidationError"


@pytest.mark.parametrize(
    ("value", "meant"),
    [(True, True), (False, False), ("true", True), ("false", False), ("True", True)],
)
def test_a_template_s_boolean_may_be_a_word(value: Any, meant: bool) -> None:
    assert boolean(value) is meant
