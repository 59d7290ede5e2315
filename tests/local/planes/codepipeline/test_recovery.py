"""Killed or stopped with executions under way: after the start they go on or fail cleanly."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import replace
from pathlib import Path

import pytest
from codepipelines import Codepipeline, approval, build, source, stage
from local_cloud import running
from waiting import eventually, wait_until

from herogate.local import lifecycle
from herogate.local.directory import Directory
from herogate.local.planes.codepipeline.history import History
from herogate.local.store import Store

MAKES = "version: 0.2\nphases: {build: {commands: [echo]}}\nartifacts: {files: ['**/*']}\n"
LONG = "version: 0.2\nphases: {build: {commands: ['sleep 600']}}\n"


@pytest.fixture
def line(directory: Directory, tmp_path: Path) -> Codepipeline:
    """A codepipeline on a cloud of its own, whose build never ends and whose other branch waits."""
    line = Codepipeline(cloud=running(directory), name="line", directory=tmp_path)
    line.checkout.push({"a.txt": "one"})
    line.create(
        stage("Source", source("line")),
        stage("Both", build("Make", line.project(LONG)), approval()),
    )
    line.at_work("Both", "Approve")
    line.at_work("Both", "Make")
    return line


def again(line: Codepipeline) -> None:
    """Start the cloud anew."""
    line.cloud = running(line.cloud.directory)
    line.api = line.cloud.client("codepipeline")


def killed(line: Codepipeline) -> None:
    """Kill the control process, wait for the last process to be gone, and start anew."""
    directory = line.cloud.directory
    pid = directory.control_pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not directory.is_locked())
    again(line)


def test_after_a_kill_the_build_has_failed_and_the_approval_still_waits(
    line: Codepipeline,
) -> None:
    token = line.action("Both", "Approve")["token"]
    line.api.tag_resource(resourceArn=line.arn, tags=[])  # answered when all before it is on disk
    killed(line)

    def build_failed() -> str | None:
        attempt = line.action("Both", "Make")
        return None if attempt["status"] == "InProgress" else attempt["errorDetails"]["message"]

    assert str(eventually(build_failed)).startswith("Build terminated with state: ")
    assert line.action("Both", "Approve")["token"] == token
    line.approve("Both", token)
    assert line.all_ended() == ["Failed"]


def test_after_a_stop_the_same_execution_goes_on(line: Codepipeline) -> None:
    (before,) = line.executions()
    lifecycle.stop(line.cloud.directory)
    again(line)
    line.approve("Both", line.action("Both", "Approve")["token"])
    retry = {"pipelineName": "line", "stageName": "Both", "retryMode": "ALL_ACTIONS"}

    assert line.ended(before["pipelineExecutionId"]) == "Failed"
    line.api.retry_stage_execution(**retry, pipelineExecutionId=before["pipelineExecutionId"])
    assert line.at_work("Both", "Approve", before["pipelineExecutionId"])


def test_killed_at_any_moment_every_execution_ends(directory: Directory, tmp_path: Path) -> None:
    line = Codepipeline(cloud=running(directory), name="line", directory=tmp_path)
    line.checkout.push({"a.txt": "one"})
    line.create(
        stage("Source", source("line")),
        stage("Make", build("Make", line.project(MAKES), gives=["Made"])),
        stage("Take", build("Take", line.project(name="take"), takes="Made")),
    )
    for count in range(3):
        execution_id = line.start()

        def changed(since: int = count, its: str = execution_id) -> bool | None:
            assert line.execution(its)["status"] == "InProgress", line.details(its)
            return True if len(line.details(its)) > since else None

        eventually(changed)  # each time further on
        killed(line)
    last = line.start()

    assert line.ended(last) == "Succeeded"
    assert {"InProgress", "Stopping"}.isdisjoint(line.all_ended())


def test_an_answer_that_comes_too_late_is_not_waited_for(line: Codepipeline) -> None:
    directory = line.cloud.directory
    lifecycle.stop(directory)
    store = Store(directory.path / "cloud.db")
    history = History(store)
    (execution,) = history.all_unfinished()
    for attempt in execution.attempts:
        execution = execution.with_attempt(replace(attempt, started_at=time.time() - 7 * 86_400))
    history.put(execution)
    store.commit(str((store.snapshot() or ("",))[0]), None)
    store.close()
    again(line)

    assert line.all_ended() == ["Failed"]
    assert line.action("Both", "Approve")["errorDetails"] == {
        "code": "JobFailed",
        "message": "The action timed out after 604800 seconds.",
    }
