"""Executions moved on without a cloud: what is kept, what is told, what is to begin."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from codepipelines import approval, source, stage

from herogate.local.planes.codepipeline.history import PIPELINES, History
from herogate.local.planes.codepipeline.notices import Notice
from herogate.local.planes.codepipeline.progress import Changes, Outcome, Progress
from herogate.local.planes.codepipeline.records import Execution
from herogate.local.planes.codepipeline.requests import Requests, Start
from herogate.local.planes.codepipeline.status import ActionStatus, ExecutionStatus
from herogate.local.store import Store

PLACE = ("us-east-1", "line")
DONE = Outcome(status=ActionStatus.SUCCEEDED)
FAILED = Outcome(status=ActionStatus.FAILED, error_code="JobFailed", error_message="no")


def filled(*stages: dict[str, Any]) -> dict[str, Any]:
    """A declaration as the API keeps it."""
    defaults = {"runOrder": 1, "configuration": {}, "inputArtifacts": [], "outputArtifacts": []}
    return {
        "name": "line",
        "version": 1,
        "executionMode": "SUPERSEDED",
        "artifactStore": {"type": "S3", "location": "bucket"},
        "stages": [
            {**each, "actions": [{**defaults, **action} for action in each["actions"]]}
            for each in stages
        ],
    }


class Line:
    """A codepipeline of source, two approvals side by side, and a last one; time stands still."""

    def __init__(self, store: Store) -> None:
        self.history = History(store, most=3)
        self.progress = Progress(self.history, lambda: 100.0)
        self.requests = Requests(self.history, self.progress, lambda: 100.0)
        self.declaration = filled(
            stage("Source", source("line")),
            stage("Gate", approval("Left"), approval("Right")),
            stage("Last", approval()),
        )
        store.put(PIPELINES, "us-east-1/line", {"pipeline": self.declaration})

    def start(self) -> str:
        asked = Start(trigger_type="StartPipelineExecution", trigger_detail="somebody")
        return self.requests.start("us-east-1", self.declaration, asked)[0]

    def execution(self, execution_id: str) -> Execution:
        found = self.history.get(*PLACE, execution_id)
        assert found is not None
        return found

    def settle(self, execution_id: str, action: str, outcome: Outcome = DONE) -> Changes:
        execution = self.execution(execution_id)
        (attempt,) = (each for each in execution.at_work() if each.action == action)
        return self.progress.settle(execution, attempt.id, outcome)

    def statuses(self, execution_id: str) -> list[str]:
        """Of the execution, and of the stages that it entered."""
        execution = self.execution(execution_id)
        return [execution.status, *(visit.status for visit in execution.visits.values())]


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    store = Store(tmp_path / "cloud.db")
    yield Line(store)
    store.close()


def told(changes: Changes) -> list[str]:
    """The notices, as stage, action and state."""
    return [" ".join(filter(None, words)) for words in map(_words, changes.notices)]


def _words(notice: Notice) -> tuple[str | None, ...]:
    action = None if notice.attempt is None else notice.attempt.action
    return notice.stage, action, notice.state


def test_a_stage_ends_with_its_last_action_and_the_next_begins(line: Line) -> None:
    one = line.start()
    line.settle(one, "Source")
    first = line.settle(one, "Right")
    second = line.settle(one, "Left")

    assert told(first) == ["Gate Right SUCCEEDED"]
    assert told(second) == [
        "Gate Left SUCCEEDED",
        "Gate SUCCEEDED",
        "Last STARTED",
        "Last Approve STARTED",
    ]
    assert [attempt.action for _, attempt in second.begun] == ["Approve"]
    assert told(line.settle(one, "Approve")) == [
        "Last Approve SUCCEEDED",
        "Last SUCCEEDED",
        "SUCCEEDED",
    ]


def test_a_failure_waits_for_what_runs_beside_it(line: Line) -> None:
    one = line.start()
    line.settle(one, "Source")
    line.settle(one, "Right", FAILED)
    assert line.statuses(one) == ["InProgress", "Succeeded", "InProgress"]
    line.settle(one, "Left")

    assert line.statuses(one) == ["Failed", "Succeeded", "Failed"]


def test_what_stops_keeps_its_stage_until_it_has_stopped(line: Line) -> None:
    one, two = line.start(), line.start()
    line.settle(one, "Source")
    line.requests.stop(line.execution(one), None, abandon=False)
    line.settle(two, "Source")

    assert line.statuses(one) == ["Stopping", "Succeeded", "Stopping"]
    assert line.statuses(two) == ["InProgress", "Succeeded"]
    line.settle(one, "Left")
    line.settle(one, "Right")
    assert line.statuses(one) == ["Stopped", "Succeeded", "Succeeded"]
    assert line.statuses(two) == ["InProgress", "Succeeded", "InProgress"]


def test_what_waits_stops_at_once(line: Line) -> None:
    one, two = line.start(), line.start()
    changes = line.requests.stop(line.execution(two), "enough", abandon=False)

    assert told(changes) == ["STOPPING", "STOPPED"]
    assert line.statuses(two) == ["Stopped"]
    assert line.statuses(one) == ["InProgress", "InProgress"]


def test_an_attempt_that_was_abandoned_cannot_succeed(line: Line) -> None:
    one = line.start()
    (attempt,) = line.execution(one).at_work()
    left = line.requests.stop(line.execution(one), None, abandon=True).left

    assert left == [attempt.id]
    assert line.progress.settle(line.execution(one), attempt.id, DONE) == Changes()
    assert line.execution(one).status is ExecutionStatus.STOPPED


def test_the_past_is_kept_up_to_a_limit(line: Line) -> None:
    for _ in range(6):
        line.settle(line.start(), "Source", FAILED)

    assert [each.number for each in line.history.all(*PLACE)] == [3, 4, 5, 6]
    assert line.history.all_unfinished() == []


def test_an_execution_outlives_a_restart(line: Line) -> None:
    execution = line.execution(line.start())

    assert Execution.of(execution.document) == execution
