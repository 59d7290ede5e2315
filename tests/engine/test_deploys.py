"""Deploys followed: which one is a push's, and how it ends."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from git_work import signing
from local_cloud import LocalCloud
from spoiled_answers import Late, late_answers
from waiting import wait_until

from herogate import Platform
from herogate.aws.codepipeline import Codepipelines
from herogate.aws.session import Session
from herogate.engine.deploys import Deploys
from herogate.models import DeployEvent, DeployFailed, DeployOutput
from stacks import names

APP = "followed"
ENDLESS = "{version: 0.2, phases: {build: {commands: ['sleep 600']}}}"
"""A build that ends by being stopped, and in no other way."""

BUSY = "Your request cannot be handled because the pipeline is busy handling ongoing activities."


@dataclass(frozen=True, kw_only=True)
class Pushed:
    """An app none of whose pushes starts anything, and two commits in it, which are no programs."""

    deploys: Deploys
    codepipelines: Codepipelines
    first: str
    second: str

    def start(self, commit: str) -> None:
        """Start a commit's deploy; return when it is known to be that commit's."""
        name = names.codepipeline(APP)
        started = self.codepipelines.start(name, "Source", commit)
        wait_until(
            lambda: any(
                each.id == started and each.commit == commit
                for each in self.codepipelines.executions(name)
            )
        )


@pytest.fixture
def pushed(tmp_path_factory: pytest.TempPathFactory, aws: LocalCloud, platform: Platform) -> Pushed:
    app = platform.apps.create(APP).wait()
    aws.client("events", region_name=platform.region).disable_rule(Name=names.push_rule(APP))
    work = signing(tmp_path_factory.mktemp("deploys") / "work", aws)
    first, second = work.commit("notes", "one"), work.commit("notes", "two")
    work.git("push", str(app.clone_url), "master:main", AWS_DEFAULT_REGION=platform.region)
    # Each look at the clock is five seconds later than the one before.
    clock = itertools.count(0.0, 5.0)
    session = Session(region=platform.region)
    deploys = Deploys(session, lambda _: None, sleep=time.sleep, clock=clock.__next__)
    return Pushed(deploys=deploys, codepipelines=Codepipelines(session), first=first, second=second)


def end(events: Iterator[DeployEvent]) -> DeployEvent:
    """The last event, which alone is no output."""
    *output, last = events
    assert output
    assert all(isinstance(each, DeployOutput) for each in output)
    return last


def busy(operation: str, calls: range) -> Late:
    """A codepipeline that has no time for an operation."""
    return Late.refused(operation, "ConflictException", BUSY, calls=calls)


def test_a_commit_that_nothing_takes_up_is_started_as_soon_as_aws_takes_it_and_told_to_the_end(
    pushed: Pushed, aws: LocalCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = [
        busy("StartPipelineExecution", range(1, 3)),
        busy("StopPipelineExecution", range(1, 2)),
        Late.refused("GetLogEvents", "ResourceNotFoundException", "No stream.", calls=range(1, 9)),
    ]
    with late_answers(aws.endpoint_url, *late) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL_CODEPIPELINE", url)
        monkeypatch.setenv("AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", url)
        known = pushed.deploys.known(APP)
        outcome = end(pushed.deploys.follow(APP, pushed.second, known=known))
        now = pushed.deploys.known(APP)
        pushed.codepipelines.stop(names.codepipeline(APP), "7c1e")

    assert isinstance(outcome, DeployFailed)
    assert outcome.step == "build"
    assert len(now - known) == 1


def test_a_commit_under_way_is_not_started_twice(pushed: Pushed) -> None:
    pushed.start(pushed.second)
    started = pushed.deploys.known(APP)
    outcome = end(pushed.deploys.follow(APP, pushed.second))

    assert isinstance(outcome, DeployFailed)
    assert pushed.deploys.known(APP) == started


def test_a_build_that_was_stopped_is_told_so(
    pushed: Pushed, aws: LocalCloud, platform: Platform
) -> None:
    client = aws.client("codebuild", region_name=platform.region)
    project = names.build_project(APP)
    client.update_project(name=project, source={"type": "CODEPIPELINE", "buildspec": ENDLESS})
    pushed.start(pushed.second)

    def stop() -> bool:
        ids = client.list_builds_for_project(projectName=project)["ids"]
        return any(client.stop_build(id=each) for each in ids)

    wait_until(stop)
    *_, outcome = pushed.deploys.follow(APP, pushed.second)
    assert outcome == DeployFailed(
        step="build", reason="It was stopped, as it is when the app is destroyed."
    )


def test_an_older_commit_is_overtaken_by_a_newer_one_under_way(pushed: Pushed) -> None:
    pushed.start(pushed.first)
    assert pushed.deploys.overtaken_by(APP, pushed.first) is None
    pushed.start(pushed.second)

    assert pushed.deploys.overtaken_by(APP, pushed.first) == pushed.second
    assert pushed.deploys.overtaken_by(APP, pushed.second) is None
