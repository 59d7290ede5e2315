"""What becomes of deployments, on the records, and what EventBridge is told of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from herogate.local.planes.ecs import rollouts
from herogate.local.planes.ecs.rollouts import Outcome
from herogate.local.planes.ecs.services import Service
from herogate.local.planes.ecs.status import (
    DeploymentStatus,
    RolloutState,
    ServiceDeploymentStatus,
)

CONFIGURATION = {
    "maximumPercent": 200,
    "minimumHealthyPercent": 100,
    "deploymentCircuitBreaker": {"enable": True, "rollback": True},
}
PRIMARY, ACTIVE, INACTIVE = DeploymentStatus


def service(**configuration: Any) -> Service:
    """A service whose first deployment has just begun."""
    bare = Service(
        region="us-east-1",
        account_id="123456789012",
        cluster="main",
        name="web",
        created_at=1,
        created_by="somebody",
        desired_count=1,
        settings={"deploymentConfiguration": {**CONFIGURATION, **configuration}},
        deployments=(),
        history=(),
    )
    return rollouts.first(bare, {"taskDefinition": "one"}, 1)[0]


def told(outcome: Outcome) -> list[tuple[str, str, str]]:
    """The names, deployments and kinds of what EventBridge is told."""
    return [
        (each.detail["eventName"], each.detail["deploymentId"], each.detail["eventType"])
        for each in outcome[1]
    ]


def states(found: Service) -> list[tuple[DeploymentStatus, RolloutState]]:
    return [(each.status, each.rollout) for each in found.deployments]


def test_a_deployment_completes() -> None:
    begun = service()
    outcome = rollouts.complete(begun, 2)
    done = outcome[0]

    assert told(outcome) == [("SERVICE_DEPLOYMENT_COMPLETED", begun.primary.id, "INFO")]
    assert states(done) == [(PRIMARY, RolloutState.COMPLETED)]
    assert done.primary.reason == f"ECS deployment {begun.primary.id} completed."
    assert (done.entry.status, done.entry.finished_at) == (ServiceDeploymentStatus.SUCCESSFUL, 2)
    assert done.completed == done.primary


def test_a_deployment_that_is_overtaken_is_stopped() -> None:
    outcome = rollouts.begin(service(), {"taskDefinition": "two"}, 2)
    found = outcome[0]

    assert told(outcome) == [("SERVICE_DEPLOYMENT_IN_PROGRESS", found.primary.id, "INFO")]
    assert states(found) == [
        (PRIMARY, RolloutState.IN_PROGRESS),
        (ACTIVE, RolloutState.IN_PROGRESS),
    ]
    assert [entry.status for entry in found.history] == [
        ServiceDeploymentStatus.IN_PROGRESS,
        ServiceDeploymentStatus.STOPPED,
    ]
    assert found.entry.sources == (found.deployments[1].revision,)


def test_a_first_deployment_that_fails_has_nothing_to_go_back_to() -> None:
    begun = service()
    outcome = rollouts.fail(begun, 2)

    assert told(outcome) == [("SERVICE_DEPLOYMENT_FAILED", begun.primary.id, "ERROR")]
    assert states(outcome[0]) == [(PRIMARY, RolloutState.FAILED)]
    assert outcome[0].entry.status is ServiceDeploymentStatus.STOPPED


def test_a_failed_deployment_goes_back_to_the_last_completed_one() -> None:
    first = rollouts.complete(service(), 2)[0]
    second = rollouts.begin(first, {"taskDefinition": "two"}, 3)[0]
    outcome = rollouts.fail(second, 4)
    back = outcome[0]

    assert told(outcome) == [
        ("SERVICE_DEPLOYMENT_FAILED", second.primary.id, "ERROR"),
        ("SERVICE_DEPLOYMENT_IN_PROGRESS", first.primary.id, "INFO"),
    ]
    assert states(back) == [(PRIMARY, RolloutState.IN_PROGRESS), (ACTIVE, RolloutState.FAILED)]
    assert back.primary.id == first.primary.id
    assert back.primary.reason == (
        f"ECS deployment circuit breaker: rolling back to deploymentId {first.primary.id}."
    )
    assert back.entry.status is ServiceDeploymentStatus.ROLLBACK_IN_PROGRESS
    assert rollouts.complete(back, 5)[0].entry.status is ServiceDeploymentStatus.ROLLBACK_SUCCESSFUL
    failed_again = rollouts.fail(back, 5)[0]
    assert failed_again.entry.status is ServiceDeploymentStatus.ROLLBACK_FAILED
    assert failed_again.primary.rollout is RolloutState.FAILED


def test_a_deployment_without_rollback_stays_failed() -> None:
    breaker = {"enable": True, "rollback": False}
    first = rollouts.complete(service(deploymentCircuitBreaker=breaker), 2)[0]
    failed = rollouts.fail(rollouts.begin(first, {"taskDefinition": "two"}, 3)[0], 4)[0]

    assert states(failed) == [(PRIMARY, RolloutState.FAILED), (ACTIVE, RolloutState.COMPLETED)]


def test_a_rollback_can_be_asked_for() -> None:
    first = rollouts.complete(service(deploymentCircuitBreaker={"enable": False}), 2)[0]
    second = rollouts.begin(first, {"taskDefinition": "two"}, 3)[0]
    back = rollouts.take_back(second, 4)[0]

    assert back.primary.id == first.primary.id
    assert back.entry.rollback is not None
    assert back.entry.rollback.revision == first.primary.revision


def test_failed_tasks_are_counted_until_one_is_healthy() -> None:
    begun = service()
    impaired: list[str] = []
    for _ in range(4):
        begun, said = rollouts.with_failure(begun, begun.primary.id, 2)
        impaired.extend(each.detail["eventName"] for each in said)
    healthy = rollouts.with_healthy_task(begun, begun.primary.id)
    strict = replace(
        begun,
        settings={
            "deploymentConfiguration": {
                "deploymentCircuitBreaker": {
                    "enable": True,
                    "rollback": True,
                    "resetOnHealthyTask": False,
                }
            }
        },
    )
    still = rollouts.with_healthy_task(strict, begun.primary.id)

    assert (begun.primary.failures, begun.primary.failures_in_a_row) == (4, 4)
    assert impaired == ["SERVICE_TASK_START_IMPAIRED"]
    assert begun.events[0].message == (
        "(service web) is unable to consistently start tasks successfully."
    )
    assert (healthy.primary.failures, healthy.primary.failures_in_a_row) == (0, 0)
    assert (still.primary.failures, still.primary.failures_in_a_row) == (4, 0)
    assert rollouts.without_delay(begun).primary == replace(begun.primary, failures_in_a_row=0)


def test_a_service_shows_its_latest_events() -> None:
    found = service()
    for number in range(120):
        found = rollouts.told(found, f"event {number}.", number)

    assert len(found.events) == 100
    assert found.events[0].message == "(service web) event 119."


def test_a_record_survives_the_store() -> None:
    first = rollouts.complete(service(), 2)[0]
    back = rollouts.fail(rollouts.begin(first, {"taskDefinition": "two"}, 3)[0], 4)[0]

    assert Service.of(back.document()) == back
