"""Builds for codepipelines, queues and time-outs: what no project can ask for through the API."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from building import Building
from git_work import work_in
from inside_cloud import CloudInside, cloud_inside

from herogate.local.errors import AwsError
from herogate.local.planes.codebuild import Artifact, Order, PipelineBuild
from herogate.local.planes.codebuild.notices import PHASE_CHANGE, STATE_CHANGE

REGION = "us-east-1"
BUCKET = "plane-artifacts"
SPEC = """
version: 0.2
env: {variables: {OWN: spec}}
phases:
  build:
    commands:
      - echo "$OWN $CODEBUILD_SOURCE_VERSION $CODEBUILD_RESOLVED_SOURCE_VERSION $CODEBUILD_INITIATOR"
      - git log --format=%s
      - cat "$CODEBUILD_SRC_DIR_Second/two.txt"
      - mkdir out && echo made > out/made.txt
artifacts:
  base-directory: out
  files: ['**/*']
  secondary-artifacts:
    First: {files: [made.txt], base-directory: out}
    Other: {files: ['**/*'], base-directory: out}
"""


@pytest.fixture(scope="module")
def inner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CloudInside]:
    """A cloud in this process, with the artifacts' bucket."""
    with cloud_inside(tmp_path_factory.mktemp("codebuild") / "local") as inner:
        inner.outside.client("s3").create_bucket(Bucket=BUCKET)
        yield inner


@pytest.fixture(scope="module")
def at_work(inner: CloudInside) -> Building:
    """CodeBuild on that cloud."""
    role = inner.role("codebuild-inside", "codebuild.amazonaws.com")
    return Building(cloud=inner.outside, codebuild=inner.outside.client("codebuild"), role=role)


def put(inner: CloudInside, key: str, content: bytes) -> Artifact:
    inner.outside.client("s3").put_object(Bucket=BUCKET, Key=key, Body=content)
    return Artifact(name=key.partition("/")[0], bucket=BUCKET, key=key)


def archive(**files: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as packed:
        for name, text in files.items():
            packed.writestr(name.replace("_", "."), text)
    return content.getvalue()


def asked(inner: CloudInside, project: str, **further: Any) -> PipelineBuild:
    given: dict[str, Any] = {"variables": (), "outputs": (), **further}
    return PipelineBuild(
        region=REGION,
        caller=inner.cloud.root,
        project=project,
        initiator="codepipeline/plane",
        **given,
    )


def ended(inner: CloudInside, build_id: str) -> Mapping[str, Any]:
    return inner.run(inner.cloud.codebuild.ended(REGION, build_id))


def test_a_codepipelines_build_gets_its_artifacts_and_makes_those_it_awaits(
    inner: CloudInside, at_work: Building, tmp_path: Path
) -> None:
    codecommit = inner.outside.client("codecommit")
    codecommit.create_repository(repositoryName="plane")
    work = work_in(tmp_path / "work", inner.outside)
    commit = work.commit("one.txt", "1")
    work.done("push", str(inner.cloud.git.path(REGION, "plane")), "HEAD:master")
    names = {"repositoryName": "plane", "region": REGION, "branchName": "master"}
    reference = {"cloneRef": {**names, "commitId": commit}}
    sources = (
        put(inner, "Source/aaa", json.dumps(reference).encode()),
        put(inner, "Second/bbb", archive(two_txt="second\n")),
    )
    outputs = tuple(Artifact(name=n, bucket=BUCKET, key=f"{n}/ccc") for n in ("First", "Other"))
    project = at_work.project(
        "plane-pipeline", SPEC, source={"type": "CODEPIPELINE"}, artifacts={"type": "CODEPIPELINE"}
    )
    given = asked(
        inner,
        project,
        sources=sources,
        outputs=outputs,
        variables=({"name": "OWN", "value": "pipeline", "type": "PLAINTEXT"},),
    )
    build_id = inner.run(inner.cloud.codebuild.start_for_codepipeline(given))
    build = ended(inner, build_id)
    version = f"arn:aws:s3:::{BUCKET}/Source/aaa"

    assert build == at_work.current(build_id)
    assert at_work.said(build) == [
        f"pipeline {version} {commit} codepipeline/plane",
        "Write one.txt",
        "second",
    ]
    assert build["source"]["type"] == "CODEPIPELINE"
    assert (build["sourceVersion"], build["resolvedSourceVersion"]) == (version, commit)
    assert build["artifacts"]["location"] == f"arn:aws:s3:::{BUCKET}/First/ccc"
    assert [each["location"] for each in build["secondaryArtifacts"]] == [
        f"arn:aws:s3:::{BUCKET}/Other/ccc"
    ]
    for each in outputs:
        stored = inner.outside.client("s3").get_object(Bucket=BUCKET, Key=each.key)
        with zipfile.ZipFile(io.BytesIO(stored["Body"].read())) as packed:
            assert {n: packed.read(n) for n in packed.namelist()} == {"made.txt": b"made\n"}


def test_a_project_without_source_takes_what_a_codepipeline_brings(
    inner: CloudInside, at_work: Building
) -> None:
    project = at_work.project("plane-release", "version: 0.2\nphases: {build: {commands: [ls]}}")
    sources = (put(inner, "Built/ddd", archive(build_json="{}")),)
    given = asked(inner, project, sources=sources)
    build = ended(inner, inner.run(inner.cloud.codebuild.start_for_codepipeline(given)))

    assert (build["buildStatus"], at_work.said(build)) == ("SUCCEEDED", ["build.json"])


def test_a_codepipeline_cannot_have_a_project_that_is_not_there(inner: CloudInside) -> None:
    given = asked(inner, "none", sources=(Artifact(name="a", bucket="b", key="c"),))
    with pytest.raises(AwsError) as caught:
        inner.run(inner.cloud.codebuild.start_for_codepipeline(given))

    assert (caught.value.code, caught.value.message) == (
        "ResourceNotFoundException",
        f"Project cannot be found: arn:aws:codebuild:{REGION}:123456789012:project/none",
    )


def begun(inner: CloudInside, project: str, **limits: float) -> str:
    """Begin a build of a project, with limits that no API takes; its id."""
    declared = inner.cloud.store.get("codebuild.project", f"{REGION}/{project}") or {}
    order = Order(
        region=REGION,
        account_id="123456789012",
        project={**declared, **limits},
        initiator="test",
    )
    return str(inner.run(inner.cloud.codebuild.begin(order))["build"]["id"])


def phases(build: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(each["phaseType"], each.get("phaseStatus", "")) for each in build["phases"]]


def test_a_build_whose_time_is_over_ends_in_its_phase(
    inner: CloudInside, at_work: Building
) -> None:
    project = at_work.project(
        "plane-slow", "version: 0.2\nphases: {install: {commands: [sleep 1000]}}"
    )
    build = ended(inner, begun(inner, project, timeoutInMinutes=1 / 60))

    assert build["buildStatus"] == "TIMED_OUT"
    assert phases(build)[-3:] == [
        ("INSTALL", "TIMED_OUT"),
        ("FINALIZING", "SUCCEEDED"),
        ("COMPLETED", ""),
    ]
    [context] = build["phases"][-3]["contexts"]
    assert context["statusCode"] == "BUILD_TIMED_OUT"


def test_builds_wait_for_room_until_their_time_in_the_queue_is_over_or_they_are_stopped(
    inner: CloudInside, at_work: Building
) -> None:
    project = at_work.project(
        "plane-full", "version: 0.2\nphases: {build: {commands: [sleep 1000]}}"
    )
    room = inner.cloud.codebuild.room
    going = [begun(inner, project) for _ in range(room)]
    late = ended(inner, begun(inner, project, queuedTimeoutInMinutes=0.1 / 60))
    stopped = begun(inner, project)
    at_work.codebuild.stop_build(id=stopped)
    after = ended(inner, stopped)
    waiting = begun(inner, project)
    for each in going:
        at_work.codebuild.stop_build(id=each)
    ends = [ended(inner, each)["buildStatus"] for each in going]
    at_work.codebuild.stop_build(id=waiting)

    assert phases(late) == [
        ("SUBMITTED", "SUCCEEDED"),
        ("QUEUED", "TIMED_OUT"),
        ("FINALIZING", "SUCCEEDED"),
        ("COMPLETED", ""),
    ]
    assert (late["buildStatus"], after["buildStatus"]) == ("TIMED_OUT", "STOPPED")
    assert phases(after)[1] == ("QUEUED", "STOPPED")
    assert ends == ["STOPPED"] * room
    assert ended(inner, waiting)["buildStatus"] == "STOPPED"


def test_eventbridge_hears_of_each_phase_and_of_the_end(
    inner: CloudInside, at_work: Building
) -> None:
    sqs, events = (inner.outside.client(name) for name in ("sqs", "events"))
    url = sqs.create_queue(QueueName="plane-events")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    project = at_work.project("plane-told", "version: 0.2\nphases: {build: {commands: [ls]}}")
    pattern = {"source": ["aws.codebuild"], "detail": {"project-name": [project]}}
    events.put_rule(Name="plane-told", EventPattern=json.dumps(pattern))
    events.put_targets(Rule="plane-told", Targets=[{"Id": "1", "Arn": arn["QueueArn"]}])
    build = ended(inner, begun(inner, project))
    told: list[Mapping[str, Any]] = []
    while len(told) < len(build["phases"]) + 1:
        page = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=5)
        told += [json.loads(each["Body"]) for each in page["Messages"]]
    ends = [each["detail"] for each in told if each["detail-type"] == PHASE_CHANGE]
    changes = [each["detail"] for each in told if each["detail-type"] == STATE_CHANGE]

    assert {str(each["resources"]) for each in told} == {str([build["arn"]])}
    assert {each["completed-phase"] for each in ends} == {
        each["phaseType"] for each in build["phases"][:-1]
    }
    assert {each["build-status"] for each in changes} == {"IN_PROGRESS", "SUCCEEDED"}


def test_a_build_reaches_the_internet_as_this_machine_does_and_tells_no_password(
    at_work: Building, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands = ["'echo $HTTP_PROXY $PIP_CERT [$PIP_USER]'", "aws sts get-caller-identity"]
    spec = f"version: 0.2\nphases: {{build: {{commands: [{', '.join(commands)}]}}}}"
    at_work.project("behind-a-proxy", spec)
    with monkeypatch.context() as environment:
        environment.setenv("HTTP_PROXY", "http://anna:s3cret@127.0.0.1:9")
        environment.setenv("PIP_CERT", "/own.pem")
        environment.setenv("PIP_USER", "1")
        build = at_work.build("behind-a-proxy")
    assert build["buildStatus"] == "SUCCEEDED", at_work.log(build)
    assert at_work.said(build)[0] == "http://anna:***@127.0.0.1:9 /own.pem []"
