"""When a task counts as healthy."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from herogate.local.planes.ecs.plan import CopyState
from herogate.local.planes.ecs.status import DesiredStatus, Health, TaskStatus
from herogate.local.planes.ecs.tasks import Container, Interface, Target, Task
from herogate.local.planes.ecs.vitals import PROVEN_SECONDS, TargetHealth, copy_of

BEGAN = 1000.0
GROUP = "arn:group"
STARTING, HEALTHY, UNHEALTHY, STOPPING = CopyState
PLAIN = Container(name="web", image="web", id="1")
CHECKED = replace(PLAIN, checked=True)


def task(*containers: Container, balanced: bool = False, **changes: Any) -> Task:
    """A running task, behind a load balancer if `balanced`."""
    return Task(
        **{
            "region": "us-east-1",
            "account_id": "123456789012",
            "cluster": "main",
            "id": "a",
            "definition_arn": "arn:definition",
            "group": "service:web",
            "created_at": BEGAN,
            "started_at": BEGAN,
            "interface": Interface(
                attachment_id="",
                interface_id="",
                mac_address="",
                subnet_id="",
                availability_zone="",
                address="10.0.0.4",
            ),
            "containers": containers or (PLAIN,),
            "cpu": "256",
            "memory": "512",
            "platform_version": "1.4.0",
            "launch_type": "FARGATE",
            "deployment": "ecs-svc/1",
            "status": TaskStatus.RUNNING,
            "targets": (Target(group_arn=GROUP, container="web", port=80),) if balanced else (),
            **changes,
        }
    )


@pytest.mark.parametrize(
    ("found", "balancer", "after", "state", "settles_after"),
    [
        pytest.param(task(status=TaskStatus.PENDING), "", 0, STARTING, None, id="pending"),
        pytest.param(task(desired=DesiredStatus.STOPPED), "", 0, STOPPING, None, id="told to stop"),
        pytest.param(task(), "", 1, STARTING, PROVEN_SECONDS, id="unchecked and young"),
        pytest.param(task(), "", PROVEN_SECONDS, HEALTHY, None, id="unchecked and proven"),
        pytest.param(task(CHECKED), "", 99, STARTING, None, id="its check is not over"),
        pytest.param(
            task(replace(CHECKED, health=Health.HEALTHY)), "", 0, HEALTHY, None, id="checked"
        ),
        pytest.param(
            task(replace(CHECKED, health=Health.UNHEALTHY)), "", 9, STARTING, 10, id="in grace"
        ),
        pytest.param(
            task(replace(CHECKED, health=Health.UNHEALTHY)), "", 10, UNHEALTHY, None, id="failed"
        ),
        pytest.param(
            task(PLAIN, replace(CHECKED, essential=False, health=Health.UNHEALTHY)),
            "",
            PROVEN_SECONDS,
            HEALTHY,
            None,
            id="what is not essential cannot fail it",
        ),
        pytest.param(task(balanced=True), "initial", 99, STARTING, None, id="not yet asked"),
        pytest.param(task(balanced=True), "healthy", 0, HEALTHY, None, id="answers"),
        pytest.param(task(balanced=True), "unhealthy", 5, STARTING, 10, id="no answer in grace"),
        pytest.param(task(balanced=True), "unhealthy", 10, UNHEALTHY, None, id="no answer"),
        pytest.param(task(balanced=True), "", 99, STARTING, None, id="not yet registered"),
        pytest.param(
            task(CHECKED, balanced=True), "healthy", 99, STARTING, None, id="both must be well"
        ),
    ],
)
def test_a_task_is_as_healthy_as_those_who_check_it_say(
    found: Task, balancer: str, after: float, state: CopyState, settles_after: float | None
) -> None:
    known = {(GROUP, "10.0.0.4", 80): TargetHealth(state=balancer)} if balancer else {}
    copy = copy_of(found, known, grace_seconds=10, now=BEGAN + after)

    assert copy.state is state
    assert copy.settles_at == (None if settles_after is None else BEGAN + settles_after)


def test_what_is_wrong_is_said_in_ecss_words() -> None:
    ill = task(replace(CHECKED, health=Health.UNHEALTHY))
    silent = task(balanced=True)
    known = {(GROUP, "10.0.0.4", 80): TargetHealth(state="unhealthy")}

    assert copy_of(ill, {}, grace_seconds=0, now=BEGAN).ailment == (
        "Task failed container health checks"
    )
    assert copy_of(silent, known, grace_seconds=0, now=BEGAN).ailment == (
        "Task failed ELB health checks in (target-group arn:group)"
    )


def test_a_record_survives_the_store() -> None:
    kept = task(CHECKED, balanced=True, tags=({"key": "a", "value": "b"},))

    assert Task.of(kept.document()) == kept
