"""What ECS refuses of tasks that no service keeps, and what it tells of them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from local_cloud import LocalCloud
from services_at_work import Place, place

INVALID = "InvalidParameterException"


@pytest.fixture(scope="module")
def site(cloud: LocalCloud) -> Place:
    """A cluster without load balancers."""
    return place(cloud, "task")


@pytest.fixture(scope="module")
def definition(site: Place) -> str:
    """A task definition of a process that stays."""
    return site.definition("app", {"IDLE": "600"})


@pytest.mark.parametrize(
    ("settings", "code", "message"),
    [
        ({"cluster": "nowhere"}, "ClusterNotFoundException", "Cluster not found."),
        ({"taskDefinition": "nothing:7"}, "ClientException", "TaskDefinition not found."),
        ({"count": 11}, INVALID, "count must be between 1 and 10."),
        (
            {"overrides": {"containerOverrides": [{"name": "other"}]}},
            INVALID,
            "Override for container named other is not a container in the TaskDefinition.",
        ),
        (
            {"overrides": {"containerOverrides": [{"name": "web", "command": ["x" * 8192]}]}},
            INVALID,
            "Container Overrides length must be at most 8192",
        ),
        (
            {"networkConfiguration": {}},
            INVALID,
            "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
        ),
        (
            {"launchType": "EXTERNAL"},
            "NotImplemented",
            "The local cloud does not support the launch type EXTERNAL.",
        ),
    ],
)
def test_what_ecs_refuses_is_refused(
    site: Place, definition: str, refusal: Any, settings: dict[str, Any], code: str, message: str
) -> None:
    asked = {
        "cluster": site.cluster,
        "taskDefinition": definition,
        "launchType": "FARGATE",
        "networkConfiguration": site.on_network,
        **settings,
    }
    assert refusal(site.ecs.run_task, **asked) == (code, message)


def test_a_role_that_does_not_trust_ecs_is_refused(
    site: Place, definition: str, refusal: Any, role_of: Any
) -> None:
    role = role_of(f"{site.cluster}-builds", {"Service": "codebuild.amazonaws.com"})

    assert refusal(site.run, definition=definition, overrides={"taskRoleArn": role}) == (
        "ClientException",
        f"ECS was unable to assume the role '{role}' that was provided for this task. Please verify "
        "that the role being passed has the proper trust relationship and permissions and that your "
        "IAM user has permissions to pass this role.",
    )


def test_a_token_runs_a_task_once(site: Place, definition: str, refusal: Any) -> None:
    other = site.definition("other", {"IDLE": "600"})
    first = site.run(definition, clientToken="once")
    second = site.run(definition, clientToken="once")
    code, _ = refusal(site.run, definition=other, clientToken="once")

    assert [task["taskArn"] for task in second] == [task["taskArn"] for task in first]
    assert code == "ConflictException"
    site.ecs.stop_task(cluster=site.cluster, task=first[0]["taskArn"])


def test_tasks_are_listed_described_and_stopped(site: Place, definition: str, refusal: Any) -> None:
    ecs, named = site.ecs, {"cluster": site.cluster}
    begun = site.run(definition, count=2, startedBy="lister", propagateTags="TASK_DEFINITION")
    first, second = (task["taskArn"] for task in begun)
    site.task_until(first, "RUNNING")

    def listed(**asked: Any) -> list[str]:
        return sorted(ecs.list_tasks(**named, startedBy="lister", **asked)["taskArns"])

    assert listed() == sorted([first, second])
    assert listed(family=f"{site.cluster}-app", launchType="FARGATE") == listed()
    assert listed(family="another") == listed(desiredStatus="STOPPED") == []
    page = ecs.list_tasks(**named, startedBy="lister", maxResults=1)
    rest = ecs.list_tasks(**named, startedBy="lister", nextToken=page["nextToken"])
    assert sorted(page["taskArns"] + rest["taskArns"]) == listed()

    stopping = ecs.stop_task(**named, task=first.rpartition("/")[2], reason="enough")["task"]
    assert (stopping["desiredStatus"], stopping["stoppedReason"]) == ("STOPPED", "enough")
    stopped = site.task_until(first, "STOPPED")
    assert (
        stopped["stopCode"],
        stopped["stoppedReason"],
        stopped["containers"][0]["exitCode"],
    ) == (
        "UserInitiated",
        "enough",
        0,
    )
    assert listed(desiredStatus="STOPPED") == [first]
    ecs.stop_task(**named, task=second)
    assert site.task_until(second, "STOPPED")["stoppedReason"] == "User initiated"
    assert refusal(ecs.stop_task, **named, task="0" * 32) == (
        INVALID,
        "The referenced task was not found.",
    )
    assert ecs.describe_tasks(**named, tasks=["0" * 32])["failures"] == [
        {
            "arn": f"arn:aws:ecs:us-east-1:123456789012:task/{site.cluster}/{'0' * 32}",
            "reason": "MISSING",
        }
    ]


def test_a_task_that_cannot_be_started_says_why(site: Place) -> None:
    definition = site.definition("absent", {}, image=f"{site.image.partition('@')[0]}:absent")
    stopped = site.task_until(site.run(definition)[0]["taskArn"], "STOPPED")

    assert stopped["stopCode"] == "TaskFailedToStart"
    assert stopped["stoppedReason"].startswith("CannotPullContainerError: ")
    assert "exitCode" not in stopped["containers"][0]


def test_an_override_is_what_runs(site: Place, definition: str) -> None:
    variables = [{"name": "CRASH", "value": "9"}]
    overrides = {"containerOverrides": [{"name": "web", "environment": variables}]}
    begun = site.run(definition, overrides=overrides)[0]
    ended = site.task_until(begun["taskArn"], "STOPPED")

    assert ended["containers"][0]["exitCode"] == 9
    assert json.dumps(ended["overrides"]) == json.dumps(overrides)
