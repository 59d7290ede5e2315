"""What is said of processes that come and go: in Heroku's words, and each thing once."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from herogate.aws.ecs_tasks import Instance, InstanceStatus
from herogate.aws.logs import LogEvent
from herogate.engine.process_events import ProcessEvents, lines

BORN = datetime(2026, 1, 1, tzinfo=UTC)
UP = BORN + timedelta(seconds=20)
ID = "3f9a1c2e" + "0" * 24


def instance(
    status: InstanceStatus = InstanceStatus.STOPPED,
    *,
    exit_code: int | None = None,
    reason: str = "",
    has_failed: bool = False,
    is_dying: bool = True,
    started_at: datetime | None = UP,
    is_of_crew: bool = True,
) -> Instance:
    return Instance(
        arn=f"arn:aws:ecs:eu-west-1:123456789012:task/herogate--default/{ID}",
        id=ID,
        process_type="web",
        definition="arn:aws:ecs:eu-west-1:123456789012:task-definition/herogate--shop--web:1",
        status=status,
        created_at=BORN,
        is_dying=is_dying,
        has_failed=has_failed,
        started_at=started_at,
        exit_code=exit_code,
        reason=reason,
        is_of_crew=is_of_crew,
    )


CASES = [
    (
        instance(InstanceStatus.RUNNING, is_dying=False),
        ["State changed from starting to up"],
    ),
    (instance(InstanceStatus.RUNNING), []),
    (instance(InstanceStatus.PENDING, is_dying=False, started_at=None), []),
    (
        instance(exit_code=1, has_failed=True, reason="Essential container in task exited"),
        ["Process exited with status 1", "State changed from up to crashed"],
    ),
    (
        instance(exit_code=137, has_failed=True, reason="OutOfMemoryError: Container killed"),
        [
            "Process exited with status 137: OutOfMemoryError: Container killed",
            "State changed from up to crashed",
        ],
    ),
    (
        instance(
            exit_code=143, reason="Scaling activity initiated by (deployment ecs-svc/4821734567)"
        ),
        ["Process exited with status 143", "State changed from up to down"],
    ),
    (
        instance(exit_code=143, reason="Task failed ELB health checks in (target-group hg-shop)"),
        [
            "Process exited with status 143: Task failed ELB health checks in (target-group hg-shop)",
            "State changed from up to down",
        ],
    ),
    (
        instance(
            has_failed=True, started_at=None, reason="CannotPullContainerError: no such image"
        ),
        [
            "Process could not start: CannotPullContainerError: no such image",
            "State changed from starting to crashed",
        ],
    ),
    (
        instance(started_at=None, reason="Task stopped by user"),
        ["Process was stopped: Task stopped by user", "State changed from starting to down"],
    ),
    (
        instance(exit_code=7, has_failed=True, is_of_crew=False),
        ["Process exited with status 7", "State changed from up to complete"],
    ),
    (
        instance(exit_code=143, is_of_crew=False, reason="Task stopped by user"),
        [
            "Process exited with status 143: Task stopped by user",
            "State changed from up to down",
        ],
    ),
]


@pytest.mark.parametrize(("case", "said"), CASES)
def test_the_life_of_a_process_is_told_in_heroku_s_words(case: Instance, said: list[str]) -> None:
    assert lines(case) == said


def told(status: str, desired: str = "RUNNING") -> LogEvent:
    """What EventBridge writes down of a process's state."""
    detail = {
        "taskArn": f"arn:aws:ecs:eu-west-1:123456789012:task/herogate--default/{ID}",
        "taskDefinitionArn": "arn:aws:ecs:eu-west-1:123456789012:task-definition/shop:1",
        "group": "service:shop--web",
        "containers": [{"name": "web", "exitCode": 3} if status == "STOPPED" else {"name": "web"}],
        "lastStatus": status,
        "desiredStatus": desired,
        "createdAt": "2026-01-01T00:00:00Z",
        "startedAt": "2026-01-01T00:00:20Z",
        **({"stopCode": "EssentialContainerExited"} if status == "STOPPED" else {}),
    }
    return LogEvent(id="1", stream="s", time=UP, arrived=UP, message=json.dumps({"detail": detail}))


def test_a_state_that_is_told_twice_is_said_once() -> None:
    events = ProcessEvents()
    ends = [told("STOPPED", "STOPPED"), told("STOPPED", "STOPPED")]
    written = [told("RUNNING"), told("RUNNING"), told("RUNNING", "STOPPED"), *ends]
    assert [line for event in written for line in events.read(event)] == [
        ("web.3f9a1c2e", "State changed from starting to up"),
        ("web.3f9a1c2e", "Process exited with status 3"),
        ("web.3f9a1c2e", "State changed from up to crashed"),
    ]


def test_a_line_that_is_no_event_of_ecs_says_nothing() -> None:
    lost = LogEvent(id="1", stream="s", time=UP, arrived=UP, message="lost")
    assert list(ProcessEvents().read(lost)) == []
