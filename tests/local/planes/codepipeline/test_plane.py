"""Executions through real repositories and approvals."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

from codepipelines import Codepipeline, approval, role, source, stage
from local_cloud import LocalCloud
from waiting import eventually

Make = Callable[[str], Codepipeline]


def gated(line: Codepipeline, **changes: Any) -> str:
    """A codepipeline that waits at a gate; the id of the execution that waits there."""
    line.checkout.push({"a.txt": "one"})
    line.create(
        stage("Source", source(line.name)),
        stage("Gate", approval()),
        stage("Then", approval()),
        **changes,
    )
    execution_id = str(line.executions()[0]["pipelineExecutionId"])
    line.at_work("Gate", "Approve", execution_id)
    return execution_id


def waiting(line: Codepipeline, *execution_ids: str) -> None:
    """Wait until these, and no others, wait before the gate."""

    def look() -> Any:
        inbound = line.state("Gate")["inboundExecutions"]
        found = tuple(each["pipelineExecutionId"] for each in inbound)
        return True if found == execution_ids else None

    assert eventually(look)


def test_the_first_execution_of_an_empty_repository_fails(codepipeline: Make) -> None:
    line = codepipeline("first")
    assert line.checkout
    line.create(stage("Source", source("first")), stage("Then", approval()))
    (first,) = line.executions()

    assert line.ended(first["pipelineExecutionId"]) == "Failed"
    assert first["trigger"]["triggerType"] == "CreatePipeline"
    assert line.state("Source")["latestExecution"]["status"] == "Failed"
    assert line.action("Source", "Source")["errorDetails"] == {
        "code": "ConfigurationError",
        "message": "The action failed because no branch named main was found in the selected AWS "
        "CodeCommit repository first. Make sure you are using the correct branch name, and then "
        "try again. Error: null",
    }


def test_a_push_goes_by_a_rule_into_an_execution(cloud: LocalCloud, codepipeline: Make) -> None:
    line = codepipeline("pushed")
    assert line.checkout
    line.create(stage("Source", source("pushed")), stage("Gate", approval()))
    assert line.all_ended() == ["Failed"]
    events = cloud.client("events")
    pattern = {
        "source": ["aws.codecommit"],
        "detail": {"referenceName": ["main"], "repositoryName": ["pushed"]},
    }
    rule = events.put_rule(Name="pushed", EventPattern=json.dumps(pattern))["RuleArn"]
    target = {"Id": "line", "Arn": line.arn, "RoleArn": role(cloud, "pushed-events", "events")}
    events.put_targets(Rule="pushed", Targets=[target])
    commit = line.checkout.push({"a.txt": "one"}, 'say "hi"')
    attempt = line.at_work("Gate", "Approve")
    newest = line.executions()[0]

    assert newest["trigger"] == {"triggerType": "CloudWatchEvent", "triggerDetail": rule}
    assert newest["sourceRevisions"] == [
        {"actionName": "Source", "revisionId": commit, "revisionSummary": 'say "hi"'}
    ]
    line.approve("Gate", attempt["token"])
    assert line.ended(newest["pipelineExecutionId"]) == "Succeeded"
    assert line.action("Gate", "Approve")["summary"] == "looks good"


def artifact(cloud: LocalCloud, line: Codepipeline, execution_id: str) -> bytes:
    (made,) = line.details(execution_id)["Source"]["output"]["outputArtifacts"]
    place = made["s3location"]
    answer = cloud.client("s3").get_object(Bucket=place["bucket"], Key=place["key"])
    return bytes(answer["Body"].read())


def test_a_reference_to_the_commit_is_what_codebuild_clones(
    cloud: LocalCloud, codepipeline: Make
) -> None:
    line = codepipeline("cloned-by-reference")
    gated(line)
    old = line.checkout.git("rev-parse", "HEAD")
    line.checkout.push({"a.txt": "two"})
    override = {"actionName": "Source", "revisionType": "COMMIT_ID", "revisionValue": old}
    execution_id = line.start(sourceRevisions=[override])
    waiting(line, execution_id)
    detail = line.details(execution_id)["Source"]

    assert json.loads(artifact(cloud, line, execution_id)) == {
        "cloneRef": {
            "repositoryName": "cloned-by-reference",
            "region": "us-east-1",
            "branchName": "main",
            "commitId": old,
        }
    }
    key = detail["output"]["outputArtifacts"][0]["s3location"]["key"]
    assert key.startswith("cloned-by-reference/Source/")
    assert len(key.rpartition("/")[2]) == 7
    assert detail["output"]["outputVariables"]["CommitId"] == old


def test_a_zip_loses_links_and_modes(cloud: LocalCloud, codepipeline: Make) -> None:
    line = codepipeline("zipped")
    path = line.checkout.path
    (path / "run.sh").write_text("#!/bin/sh\n")
    (path / "run.sh").chmod(0o755)
    (path / "link").symlink_to("run.sh")
    (path / "ä b.txt").write_bytes(b"\0\n1")
    line.checkout.push({"empty": ""})
    line.create(
        stage("Source", source("zipped", configuration={"OutputArtifactFormat": "CODE_ZIP"})),
        stage("Gate", approval()),
    )
    execution_id = line.executions()[0]["pipelineExecutionId"]
    line.at_work("Gate", "Approve", execution_id)
    with zipfile.ZipFile(io.BytesIO(artifact(cloud, line, execution_id))) as zipped:
        contents = {each.filename: zipped.read(each) for each in zipped.infolist()}
        modes = {each.external_attr >> 16 & 0o170111 for each in zipped.infolist()}

    assert contents == {
        "run.sh": b"#!/bin/sh\n",
        "link": b"run.sh",
        "ä b.txt": b"\0\n1",
        "empty": b"",
    }
    assert modes == {0}


def test_a_newer_execution_takes_the_place_of_one_that_waits(codepipeline: Make) -> None:
    line = codepipeline("superseded")
    inside = gated(line)
    older = line.start()
    waiting(line, older)
    newer = line.start()
    waiting(line, newer)

    assert line.ended(older) == "Superseded"
    line.approve("Gate", line.action("Gate", "Approve")["token"])
    line.at_work("Gate", "Approve", newer)
    assert line.execution(inside)["status"] == "InProgress"
    assert line.state("Then")["latestExecution"]["pipelineExecutionId"] == inside


def test_in_a_queue_the_oldest_goes_first(codepipeline: Make) -> None:
    line = codepipeline("queued")
    gated(line, executionMode="QUEUED")
    older = line.start()
    waiting(line, older)
    newer = line.start()
    waiting(line, older, newer)
    line.approve("Gate", line.action("Gate", "Approve")["token"], "Rejected")

    line.at_work("Gate", "Approve", older)
    waiting(line, newer)


def test_parallel_executions_do_not_meet(codepipeline: Make) -> None:
    line = codepipeline("parallel")
    first = gated(line, executionMode="PARALLEL")
    second = line.start()
    line.at_work("Gate", "Approve", second)

    assert line.execution(first)["status"] == "InProgress"
    line.approve("Gate", line.action("Gate", "Approve")["token"], "Rejected")
    assert line.ended(second) == "Failed"
    assert line.execution(first)["status"] == "InProgress"
