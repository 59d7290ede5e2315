"""How it is told that processes did not come up."""

from __future__ import annotations

from typing import Any

import pytest
from releases_cases import NOON

from herogate.aws.ecs_tasks import Instance, InstanceStatus
from herogate.aws.elbv2 import TargetHealth
from herogate.engine.diagnosis import no_process, too_slow, verdict
from herogate.engine.process_names import log_stream, name
from herogate.engine.processes import state_of
from herogate.models import ProcessState

ILL = TargetHealth(
    address="10.0.0.7",
    is_failing=True,
    reason="Health checks failed with these codes: [502]",
)


def instance(**more: Any) -> Instance:
    known: dict[str, Any] = {
        "arn": "arn:task/3f9a1c2e00000000000000000000000f",
        "id": "3f9a1c2e00000000000000000000000f",
        "process_type": "web",
        "definition": "web:1",
        "status": InstanceStatus.STOPPED,
        "created_at": NOON,
        "address": "10.0.0.7",
    }
    return Instance(**{**known, **more})


def test_a_process_goes_by_its_type_and_the_beginning_of_its_id() -> None:
    assert (name(instance()), log_stream(instance())) == (
        "web.3f9a1c2e",
        "web/web/3f9a1c2e00000000000000000000000f",
    )


@pytest.mark.parametrize(
    ("victim", "health", "said"),
    [
        (instance(has_failed=True, exit_code=1), [], "web.3f9a1c2e exited with code 1"),
        (
            instance(has_failed=True, exit_code=0, reason="Essential container in task exited"),
            [],
            "web.3f9a1c2e exited with code 0",
        ),
        (
            instance(has_failed=True, exit_code=137, reason="OutOfMemoryError: Container killed"),
            [],
            "web.3f9a1c2e exited with code 137: OutOfMemoryError: Container killed",
        ),
        (
            instance(has_failed=True, reason="CannotPullContainerError: no such image"),
            [],
            "web.3f9a1c2e could not start: CannotPullContainerError: no such image",
        ),
        (
            instance(status=InstanceStatus.RUNNING),
            [ILL],
            "web.3f9a1c2e ran but was not found healthy: Health checks failed with these codes: [502]",
        ),
        (
            instance(exit_code=0, reason="Task failed ELB health checks in (target-group arn)"),
            [],
            "web.3f9a1c2e ran but was not found healthy: "
            "Task failed ELB health checks in (target-group arn)",
        ),
        (
            instance(status=InstanceStatus.RUNNING, address="10.0.0.8"),
            [ILL],
            "web.3f9a1c2e ran but was not found healthy",
        ),
    ],
)
def test_a_verdict_says_who_died_and_how(
    victim: Instance, health: list[TargetHealth], said: str
) -> None:
    assert verdict(victim, health) == said


def test_a_verdict_says_what_an_ill_process_was_asked_for() -> None:
    said = verdict(instance(status=InstanceStatus.RUNNING), [], "/up on port 8000")
    assert said == "web.3f9a1c2e ran but was not found healthy, asked for /up on port 8000"
    assert verdict(instance(has_failed=True, exit_code=1), [], "/up on port 8000") == (
        "web.3f9a1c2e exited with code 1"
    )


def test_without_any_process_ecs_has_the_word() -> None:
    assert no_process("web", "tasks failed to start.") == (
        "The rollout of web failed: tasks failed to start."
    )
    assert no_process("web", "") == "The rollout of web failed"
    assert too_slow("web", "") == "No web process was up after 240 seconds"
    assert too_slow("web", "ECS was unable to place a task.") == (
        "No web process was up after 240 seconds: ECS was unable to place a task."
    )


@pytest.mark.parametrize(
    ("status", "is_dying", "state"),
    [
        (InstanceStatus.PROVISIONING, False, ProcessState.STARTING),
        (InstanceStatus.PENDING, False, ProcessState.STARTING),
        (InstanceStatus.ACTIVATING, False, ProcessState.STARTING),
        (InstanceStatus.RUNNING, False, ProcessState.UP),
        (InstanceStatus.RUNNING, True, ProcessState.STOPPING),
        (InstanceStatus.STOPPING, True, ProcessState.STOPPING),
        (InstanceStatus.STOPPED, True, ProcessState.CRASHED),
    ],
)
def test_a_process_is_in_one_of_herokus_states(
    status: InstanceStatus, is_dying: bool, state: ProcessState
) -> None:
    assert state_of(instance(status=status, is_dying=is_dying)) is state
