"""The end of the local cloud in the middle of builds: they are over, and nothing of them is left."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import Any

from building import Building, building
from local_cloud import running
from processes import is_running
from waiting import wait_until

from herogate.local import lifecycle
from herogate.local.directory import Directory

COMMANDS = ["setsid sleep 1000 & echo $! > pid.new; mv pid.new pid", "sleep 1000"]
SPEC = {"version": "0.2", "phases": {"build": {"commands": COMMANDS}}}

NOTHING = "version: 0.2\nphases: {build: {commands: [ls]}}"
GOOD = "SUCCEEDED"
INTERRUPTED = {
    "statusCode": "INTERNAL_SERVICE_ERROR",
    "message": "The local cloud ended while the build was under way",
}


def kill(directory: Directory) -> None:
    pid = directory.control_pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not directory.is_locked())


def cut_off(builds: Building, project: str, end: Callable[[Directory], Any]) -> str:
    """Start a build, end the cloud when its commands run, see them gone; the build's id."""
    directory = builds.cloud.directory
    build_id = str(builds.codebuild.start_build(projectName=project)["build"]["id"])
    source = directory.path / "codebuild" / "work" / build_id.partition(":")[2] / "src" / "00"
    wait_until((source / "pid").exists)
    pid = int((source / "pid").read_text())
    end(directory)
    wait_until(lambda: not is_running(pid))
    return build_id


def test_builds_that_were_under_way_are_faults_and_the_next_one_runs(directory: Directory) -> None:
    builds = building(running(directory), "recovery")
    project = builds.project("cut-off", str(SPEC) + "\n")
    cut = []
    for end in (kill, lifecycle.stop):
        cut.append(cut_off(builds, project, end))
        cloud = running(directory)
        builds = Building(cloud=cloud, codebuild=cloud.client("codebuild"), role=builds.role)
    fresh = builds.build(project, buildspecOverride=NOTHING)

    for build in map(builds.current, cut):
        broken, *_, last = (each for each in build["phases"] if each.get("phaseStatus") != GOOD)
        assert (build["buildStatus"], last["phaseType"]) == ("FAULT", "COMPLETED")
        assert (broken["phaseStatus"], broken["contexts"]) == ("FAULT", [INTERRUPTED])
    assert (fresh["buildStatus"], fresh["buildNumber"]) == ("SUCCEEDED", 3)
    assert list((directory.path / "codebuild" / "work").iterdir()) == []
