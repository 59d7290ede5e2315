"""Executions through real builds: artifacts, variables, failures, and what EventBridge is told."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Mapping
from typing import Any

from building import Building
from codepipelines import Codepipeline, build, messages, source, stage
from local_cloud import LocalCloud

Make = Callable[[str], Codepipeline]

MAKES = """
version: 0.2
env:
  exported-variables: [MADE]
phases:
  build:
    commands:
      - git log -1 --format='cloned %H'
      - echo "commit $COMMIT"
      - export MADE=$(cat a.txt)
      - mkdir out && echo "from $MADE" > out/made.txt
artifacts:
  base-directory: out
  files: ['**/*']
"""
TAKES = """
version: 0.2
phases:
  build:
    commands:
      - cat made.txt
      - test "$WANTED" != no
"""


def variables(**values: str) -> dict[str, str]:
    listed = [{"name": name, "value": value} for name, value in values.items()]
    return {"EnvironmentVariables": json.dumps(listed)}


def line_of_two(line: Codepipeline, **second: str) -> str:
    """Source, a build that makes something, a build that takes it; the first execution's id."""
    line.checkout.push({"a.txt": "apples"}, 'a "quoted" change')
    makes, takes = line.project(MAKES), line.project(TAKES, f"{line.name}-second")
    first = build("Make", makes, namespace="made", gives=["Made"],
                  configuration=variables(COMMIT="#{source.CommitId}"))  # fmt: skip
    line.create(
        stage("Source", source(line.name)),
        stage("Make", first),
        stage("Take", build("Take", takes, "Made", configuration=variables(**second))),
    )
    return str(line.executions()[0]["pipelineExecutionId"])


def log(cloud: LocalCloud, build_id: str) -> list[str]:
    """What a build's commands wrote."""
    codebuild = cloud.client("codebuild")
    (found,) = codebuild.batch_get_builds(ids=[build_id])["builds"]
    return Building(cloud=cloud, codebuild=codebuild, role="").said(found)


def test_artifacts_and_variables_go_from_build_to_build(
    cloud: LocalCloud, codepipeline: Make
) -> None:
    line = codepipeline("two-builds")
    execution_id = line_of_two(line, WANTED="#{made.MADE}")
    assert line.ended(execution_id) == "Succeeded"
    commit = line.checkout.git("rev-parse", "HEAD")
    details = line.details(execution_id)
    made, taken = (details[name] for name in ("Make", "Take"))

    assert log(cloud, made["output"]["executionResult"]["externalExecutionId"]) == [
        f"cloned {commit}",
        f"commit {commit}",
    ]
    assert made["output"]["outputVariables"] == {"MADE": "apples"}
    assert made["updatedBy"].startswith(
        "arn:aws:sts::123456789012:assumed-role/two-builds-pipeline/"
    )
    assert log(cloud, taken["output"]["executionResult"]["externalExecutionId"]) == ["from apples"]
    assert json.loads(taken["input"]["resolvedConfiguration"]["EnvironmentVariables"]) == [
        {"name": "WANTED", "value": "apples"}
    ]
    assert taken["input"]["inputArtifacts"] == made["output"]["outputArtifacts"]


def test_a_failed_build_fails_its_execution_and_says_why(codepipeline: Make) -> None:
    line = codepipeline("failed-build")
    execution_id = line_of_two(line, WANTED="no")

    assert line.ended(execution_id) == "Failed"
    assert line.action("Take", "Take")["errorDetails"] == {
        "code": "JobFailed",
        "message": "Build terminated with state: FAILED. Phase: BUILD, Code: "
        'COMMAND_EXECUTION_ERROR, Message: Error while executing command: test "$WANTED" != no. '
        "Reason: exit status 1",
    }


def test_a_commit_message_without_quotes_is_a_variable_like_any_other(codepipeline: Make) -> None:
    line = codepipeline("unquoted")
    line.checkout.push({"a.txt": "apples"}, "plain words")
    wanted = build("Make", line.project(), configuration=variables(M="#{source.CommitMessage}"))
    line.create(stage("Source", source(line.name)), stage("Make", wanted))

    assert line.all_ended() == ["Succeeded"]


def test_a_quote_in_a_commit_message_breaks_the_action(codepipeline: Make) -> None:
    line = codepipeline("quoted")
    execution_id = line_of_two(line, WANTED="#{source.CommitMessage}")

    assert line.ended(execution_id) == "Failed"
    details = line.action("Take", "Take")["errorDetails"]
    assert details["code"] == "ConfigurationError"
    assert details["message"].startswith(
        "The EnvironmentVariables of action 'Take' are not valid JSON for a list of variables: "
    )


def test_eventbridge_is_told_of_every_change(cloud: LocalCloud, codepipeline: Make) -> None:
    line = codepipeline("told")
    url = cloud.client("sqs").create_queue(QueueName="told")["QueueUrl"]
    events = cloud.client("events")
    pattern = {"source": ["aws.codepipeline"], "detail": {"pipeline": ["told"]}}
    events.put_rule(Name="told", EventPattern=json.dumps(pattern))
    queue = "arn:aws:sqs:us-east-1:123456789012:told"
    events.put_targets(Rule="told", Targets=[{"Id": "queue", "Arn": queue}])
    line.checkout.push({"a.txt": "one"})
    line.create(stage("Source", source("told")), stage("Make", build("Make", line.project())))
    (first,) = line.executions()
    assert line.ended(first["pipelineExecutionId"]) == "Succeeded"
    found = messages(cloud, url, 10)

    assert sorted(map(told, found)) == [
        ("Action", "Make", "STARTED"),
        ("Action", "Make", "SUCCEEDED"),
        ("Action", "Source", "STARTED"),
        ("Action", "Source", "SUCCEEDED"),
        ("Pipeline", "", "STARTED"),
        ("Pipeline", "", "SUCCEEDED"),
        ("Stage", "Make", "STARTED"),
        ("Stage", "Make", "SUCCEEDED"),
        ("Stage", "Source", "STARTED"),
        ("Stage", "Source", "SUCCEEDED"),
    ]
    assert {each["detail"]["execution-id"] for each in found} == {first["pipelineExecutionId"]}
    assert {each["resources"][0] for each in found} == {line.arn}


def told(event: Mapping[str, Any]) -> tuple[str, str, str]:
    detail = event["detail"]
    kind = event["detail-type"].removeprefix("CodePipeline ").partition(" ")[0]
    return kind, detail.get("action", detail.get("stage", "")), detail["state"]


def test_the_aws_command_line_shows_the_same(cloud: LocalCloud, codepipeline: Make) -> None:
    line = codepipeline("by-command-line")
    line.checkout.push({"a.txt": "one"})
    line.create(stage("Source", source(line.name)), stage("Make", build("Make", line.project())))
    assert line.all_ended() == ["Succeeded"]
    command = ["aws", "codepipeline", "get-pipeline-state", "--name", line.name]
    answer = subprocess.run(command, env=cloud.environment, capture_output=True, check=True)

    states = json.loads(answer.stdout)["stageStates"]
    assert [each["latestExecution"]["status"] for each in states] == ["Succeeded", "Succeeded"]
