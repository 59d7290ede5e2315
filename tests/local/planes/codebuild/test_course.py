"""Real builds, through the API: what runs, in which order, and what is shown of it."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from building import Building
from waiting import wait_for, wait_until

from herogate.local import internet

Context = tuple[str, str, str]


def spec(**phases: Any) -> str:
    """A buildspec, as JSON (which is YAML), of commands by phase; other sections under their names."""
    sections = {key: phases.pop(key) for key in ("env", "artifacts") if key in phases}
    commands = {
        name: given if isinstance(given, dict) else {"commands": given}
        for name, given in phases.items()
    }
    return json.dumps({"version": 0.2, **sections, "phases": commands}, indent=1)


def outcome(build: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The phases that were, each with its status; the last has the build's."""
    shown = [(each["phaseType"], each.get("phaseStatus", "")) for each in build["phases"]]
    return [*shown[:-1], (shown[-1][0], build["buildStatus"])]


def context(build: Mapping[str, Any]) -> list[Context]:
    """What is said of the phases that did not succeed."""
    return [
        (phase["phaseType"], each["statusCode"], each["message"])
        for phase in build["phases"]
        for each in phase.get("contexts", [])
        if each["statusCode"]
    ]


BEFORE = [
    ("SUBMITTED", "SUCCEEDED"),
    ("QUEUED", "SUCCEEDED"),
    ("PROVISIONING", "SUCCEEDED"),
]
GOOD = [
    *BEFORE,
    ("DOWNLOAD_SOURCE", "SUCCEEDED"),
    ("INSTALL", "SUCCEEDED"),
    ("PRE_BUILD", "SUCCEEDED"),
    ("BUILD", "SUCCEEDED"),
    ("POST_BUILD", "SUCCEEDED"),
    ("UPLOAD_ARTIFACTS", "SUCCEEDED"),
    ("FINALIZING", "SUCCEEDED"),
    ("COMPLETED", "SUCCEEDED"),
]


def test_phases_share_a_shell_and_each_is_recorded(builds: Building) -> None:
    project = builds.project(
        "course-good",
        spec(
            env={"variables": {"GREETING": "hello"}, "exported-variables": ["MADE", "UNSET"]},
            install=["mkdir -p sub", "cd sub", 'say() { echo "$GREETING $1"; }'],
            pre_build=["export MADE=$(basename $PWD)"],
            build={"commands": ["say build", "say again >&2"], "finally": ["say finally"]},
            post_build=["say $CODEBUILD_BUILD_SUCCEEDING"],
        ),
    )
    build = builds.build(project)

    assert outcome(build) == GOOD
    assert build["exportedEnvironmentVariables"] == [
        {"name": "MADE", "value": "sub"},
        {"name": "UNSET", "value": ""},
    ]
    assert builds.said(build) == ["hello build", "hello again", "hello finally", "hello 1"]


def test_the_log_tells_each_command_before_its_output_and_each_phases_end(builds: Building) -> None:
    build = builds.build(
        builds.project("course-log", spec(build=["printf one", "echo two; false", "echo three"]))
    )
    lines = [line[39:] if line.startswith("[Container]") else line for line in builds.log(build)]

    assert lines[lines.index("Entering phase BUILD") :][:9] == [
        "Entering phase BUILD",
        "Running command printf one",
        "one",
        "Running command echo two; false",
        "two",
        "Command did not exit successfully echo two; false exit status 1",
        "Phase complete: BUILD State: FAILED",
        "Phase context status code: COMMAND_EXECUTION_ERROR Message: Error while executing command: "
        "echo two; false. Reason: exit status 1",
        "Entering phase POST_BUILD",
    ]
    assert build["logs"] == {
        "groupName": "/aws/codebuild/course-log",
        "streamName": build["id"].partition(":")[2],
        "deepLink": build["logs"]["deepLink"],
        "cloudWatchLogsArn": "arn:aws:logs:us-east-1:123456789012:log-group:"
        f"/aws/codebuild/course-log:log-stream:{build['logs']['streamName']}",
        "cloudWatchLogs": {"status": "ENABLED"},
    }


FAILED = "Error while executing command: exit 3. Reason: exit status 3"
ABORTED = {"commands": ["exit 3"], "on-failure": "ABORT"}
CONTINUED = {"commands": ["exit 3"], "on-failure": "CONTINUE"}


@pytest.mark.parametrize(
    ("phases", "failed", "later", "said"),
    [
        ({"install": ["exit 3"]}, "INSTALL", [], []),
        ({"pre_build": ["exit 3"]}, "PRE_BUILD", [], []),
        ({"build": ["exit 3"]}, "BUILD", ["POST_BUILD", "UPLOAD_ARTIFACTS"], ["post 0"]),
        ({"build": ABORTED}, "BUILD", [], []),
        (
            {"pre_build": CONTINUED},
            "PRE_BUILD",
            ["BUILD", "POST_BUILD", "UPLOAD_ARTIFACTS"],
            ["build 0", "post 0"],
        ),
        ({"post_build": ["exit 3"]}, "POST_BUILD", ["UPLOAD_ARTIFACTS"], ["build 1"]),
    ],
)
def test_a_failure_ends_a_build_where_codebuild_does(
    builds: Building, phases: dict[str, Any], failed: str, later: list[str], said: list[str]
) -> None:
    given = {
        "build": ["echo build $CODEBUILD_BUILD_SUCCEEDING"],
        "post_build": ["echo post $CODEBUILD_BUILD_SUCCEEDING"],
        **phases,
    }
    name = f"course-{failed}-{len(later)}-{len(said)}".lower()
    build = builds.build(builds.project(name, spec(**given)))
    phase = [each for each, _ in GOOD].index(failed)

    assert outcome(build) == [
        *GOOD[:phase],
        (failed, "FAILED"),
        *((each, "SUCCEEDED") for each in later),
        ("FINALIZING", "SUCCEEDED"),
        ("COMPLETED", "FAILED"),
    ]
    assert context(build) == [(failed, "COMMAND_EXECUTION_ERROR", FAILED)]
    assert builds.said(build) == said


def test_finally_runs_after_a_failure_which_stays_the_phases(builds: Building) -> None:
    always = ["echo last $CODEBUILD_BUILD_SUCCEEDING", "exit 4"]
    build = {"commands": ["false", "echo never"], "finally": always}
    done = builds.build(builds.project("course-finally", spec(build=build)))

    assert builds.said(done) == ["last 0"]
    assert context(done) == [
        (
            "BUILD",
            "COMMAND_EXECUTION_ERROR",
            "Error while executing command: false. Reason: exit status 1",
        )
    ]


def test_a_buildspec_that_cannot_be_followed_fails_the_download(builds: Building) -> None:
    project = builds.project("course-yaml", "version: 0.2\nphases: {deploy: {}}")
    build = builds.build(project)

    assert outcome(build) == [
        *BEFORE,
        ("DOWNLOAD_SOURCE", "FAILED"),
        ("FINALIZING", "SUCCEEDED"),
        ("COMPLETED", "FAILED"),
    ]
    assert context(build) == [
        (
            "DOWNLOAD_SOURCE",
            "YAML_FILE_ERROR",
            "Invalid buildspec phase name: deploy. Expecting: INSTALL,PRE_BUILD,BUILD,POST_BUILD",
        )
    ]


def test_the_environment_is_the_builds_own_and_whole(builds: Building) -> None:
    """Of the shell that started the local cloud, what leads to the internet; nothing of Herogate's."""
    project = builds.project(
        "course-env",
        spec(build=["env -0 | sort -z | tr '\\0' '\\n'"]),
        environment={"environmentVariables": [{"name": "OWN", "value": "1"}]},
    )
    given = [{"name": "OWN", "value": "2"}, {"name": "MORE", "value": "a b"}]
    build = builds.build(project, environmentVariablesOverride=given)
    environment = dict(line.split("=", 1) for line in builds.said(build))
    identifier = build["id"].partition(":")[2]
    work = environment["HOME"].removesuffix("/home")
    for changing in ("_", "SHLVL", "CODEBUILD_START_TIME", "CODEBUILD_KMS_KEY_ID"):
        environment.pop(changing)
    uri = environment.pop("AWS_CONTAINER_CREDENTIALS_FULL_URI")

    assert uri.startswith(f"{builds.cloud.endpoint_url}/v4/credentials/")
    assert environment == {
        **internet.settings(os.environ),
        "AWS_CONTAINER_AUTHORIZATION_TOKEN": "***",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ENDPOINT_URL": builds.cloud.endpoint_url,
        "AWS_PAGER": "",
        "AWS_REGION": "us-east-1",
        "CODEBUILD_BUILD_ARN": build["arn"],
        "CODEBUILD_BUILD_ID": build["id"],
        "CODEBUILD_BUILD_IMAGE": "aws/codebuild/amazonlinux-x86_64-standard:5.0",
        "CODEBUILD_BUILD_NUMBER": "1",
        "CODEBUILD_BUILD_SUCCEEDING": "1",
        "CODEBUILD_CI": "true",
        "CODEBUILD_INITIATOR": "developer",
        "CODEBUILD_LOG_PATH": identifier,
        "CODEBUILD_PROJECT_ARN": "arn:aws:codebuild:us-east-1:123456789012:project/course-env",
        "CODEBUILD_RESOLVED_SOURCE_VERSION": "",
        "CODEBUILD_SOURCE_REPO_URL": "",
        "CODEBUILD_SOURCE_VERSION": "",
        "CODEBUILD_SRC_DIR": f"{work}/src/00",
        "HEROGATE_BUILDER": "host-base",
        "HOME": f"{work}/home",
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "MORE": "a b",
        "OWN": "2",
        "PATH": f"{Path(work).parents[1]}/tools:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin"
        ":/sbin:/bin",
        "PIP_CACHE_DIR": f"{Path(work).parents[1]}/caches/pip",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PWD": f"{work}/src/00",
        "SHELL": "/bin/bash",
        "TMPDIR": f"{work}/tmp",
        "npm_config_cache": f"{Path(work).parents[1]}/caches/npm",
        "npm_config_update_notifier": "false",
    }
    assert not Path(work).exists()


def test_a_build_calls_aws_as_its_projects_role(builds: Building) -> None:
    bucket = "course-role-bucket"
    builds.cloud.client("s3").create_bucket(Bucket=bucket)
    commands = [
        "aws sts get-caller-identity --query Arn --output text",
        f"echo made > made.txt && aws s3 cp --only-show-errors made.txt s3://{bucket}/made.txt",
    ]
    build = builds.build(builds.project("course-role", spec(build=commands)))
    identifier = build["id"].partition(":")[2]

    assert builds.said(build) == [
        "arn:aws:sts::123456789012:assumed-role/codebuild-plane/AWSCodeBuild-" + identifier
    ]
    made = builds.cloud.client("s3").get_object(Bucket=bucket, Key="made.txt")
    assert made["Body"].read() == b"made\n"


def test_pythons_own_environment_is_nothing_of_herogates(builds: Building) -> None:
    """A virtual environment of the build's is made from the base interpreter and outlives the build."""
    script = (
        "import sys, importlib.util as u; print(sys.prefix == sys.base_prefix, "
        "u.find_spec('herogate'), any('venv' in each for each in sys.path))"
    )
    commands = [
        f'python3 -c "{script}"',
        "python3 -m venv --without-pip made && grep ^home made/pyvenv.cfg | grep -c codebuild || true",
    ]
    build = builds.build(builds.project("course-python", spec(build=commands)))

    assert builds.said(build) == ["True None False", "0"]


def test_runtimes_that_are_asked_for_are_named_with_what_is_used(builds: Building) -> None:
    asked = {"runtime-versions": {"python": "3.99"}, "commands": ["true"]}
    build = builds.build(builds.project("course-runtime", spec(install=asked)))
    unknown = {"runtime-versions": {"cobol": "85"}, "commands": ["true"]}
    refused = builds.build(builds.project("course-cobol", spec(install=unknown)))

    [said] = [line[39:] for line in builds.log(build) if "Runtime" in line]
    assert said.startswith("Runtime python 3.99 is asked for: this machine's python 3.")
    assert context(refused) == [
        (
            "DOWNLOAD_SOURCE",
            "YAML_FILE_ERROR",
            "Unknown runtime named 'cobol'. This build image has the following runtimes: python, "
            "nodejs",
        )
    ]


def test_parameters_and_secrets_are_looked_up_as_the_role_and_masked(builds: Building) -> None:
    ssm, secrets = builds.cloud.client("ssm"), builds.cloud.client("secretsmanager")
    ssm.put_parameter(Name="/course/p", Value="parameter-value", Type="SecureString")
    secret = secrets.create_secret(Name="course", SecretString='{"key": "inner-value", "n": 5}')
    env = {
        "shell": "bash",
        "parameter-store": {"P": "/course/p"},
        "secrets-manager": {"S": "course:key", "BY_ARN": f"{secret['ARN']}:n"},
    }
    project = builds.project(
        "course-secrets",
        spec(env=env, build=["echo $P $S $BY_ARN $OWN", "[ ${#P} = 15 ] && [ ${#S} = 11 ]"]),
        environment={
            "environmentVariables": [
                {"name": "OWN", "value": "course:key", "type": "SECRETS_MANAGER"},
            ]
        },
    )
    build = builds.build(project)

    assert builds.said(build) == ["*** *** 5 ***"]
    assert build["buildStatus"] == "SUCCEEDED"
    assert "inner-value" not in str(builds.log(build)) + str(build)


@pytest.mark.parametrize(
    ("env", "code", "message"),
    [
        (
            {"parameter-store": {"P": "/course/none"}},
            "Decrypted Variables Error",
            "ParameterNotFound: Parameter /course/none not found.",
        ),
        (
            {"secrets-manager": {"S": "course-none"}},
            "Secrets Manager Error Message",
            "ResourceNotFoundException: Secrets Manager can't find the specified secret.",
        ),
    ],
)
def test_a_missing_parameter_or_secret_fails_the_download(
    builds: Building, env: dict[str, Any], code: str, message: str
) -> None:
    name = f"course-{next(iter(env))}"
    build = builds.build(builds.project(name, spec(env=env, build=["true"])))

    assert context(build) == [("DOWNLOAD_SOURCE", code, message)]


def test_a_stopped_build_ends_with_everything_it_started(builds: Building) -> None:
    commands = ["setsid sleep 1000 & echo $!", "echo $$; sleep 1000"]
    project = builds.project("course-stop", spec(build=commands, post_build=["echo never"]))
    started = builds.codebuild.start_build(projectName=project)["build"]
    said = wait_for(lambda: saying(builds, started), lambda lines: len(lines) == 2)
    builds.codebuild.stop_build(id=started["id"])
    build = builds.ended(started["id"])

    assert outcome(build) == [
        *GOOD[:6],
        ("BUILD", "STOPPED"),
        ("FINALIZING", "SUCCEEDED"),
        ("COMPLETED", "STOPPED"),
    ]
    for pid in map(int, said):
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def saying(builds: Building, build: Mapping[str, Any]) -> list[str]:
    """What a build has said so far; its log may not be there yet."""
    try:
        return builds.said(build)
    except ClientError:  # each client has exceptions of its own
        return []


def test_output_is_there_while_the_build_goes_on(builds: Building) -> None:
    project = builds.project("course-live", spec(build=["echo at once", "sleep 1000"]))
    started = builds.codebuild.start_build(projectName=project)["build"]
    wait_until(lambda: "at once" in saying(builds, started))
    builds.codebuild.stop_build(id=started["id"])

    assert builds.ended(started["id"])["buildStatus"] == "STOPPED"


def test_a_build_goes_on_when_its_project_is_deleted(builds: Building) -> None:
    project = builds.project("course-deleted", spec(build=["until [ -e go ]; do :; done; echo on"]))
    started = builds.codebuild.start_build(projectName=project)["build"]
    builds.codebuild.delete_project(name=project)
    directory = builds.cloud.directory.path / "codebuild" / "work"
    source = directory / started["id"].partition(":")[2] / "src" / "00"
    wait_until(source.exists)
    (source / "go").touch()

    assert builds.said(builds.ended(started["id"])) == ["on"]


def test_a_project_may_write_to_a_group_of_its_own_or_nowhere(builds: Building) -> None:
    own = {"cloudWatchLogs": {"status": "ENABLED", "groupName": "course/own", "streamName": "s"}}
    off = {"cloudWatchLogs": {"status": "DISABLED"}}
    project = builds.project("course-own-log", spec(build=["echo hi"]), logsConfig=own)
    build = builds.build(project)
    quiet = builds.build(project, logsConfigOverride=off)

    assert build["logs"]["groupName"] == "course/own"
    assert build["logs"]["streamName"] == f"s/{build['id'].partition(':')[2]}"
    assert builds.said(build) == ["hi"]
    assert (quiet["buildStatus"], quiet["logs"]) == ("SUCCEEDED", off)


def test_builds_run_at_the_same_time(builds: Building, tmp_path: Path) -> None:
    meeting = f"touch {tmp_path}/$ME; until [ -e {tmp_path}/$OTHER ]; do sleep 0.01; done"
    project = builds.project("course-meeting", spec(build=[meeting]))
    started = [
        builds.codebuild.start_build(
            projectName=project,
            environmentVariablesOverride=[
                {"name": "ME", "value": me},
                {"name": "OTHER", "value": other},
            ],
        )["build"]["id"]
        for me, other in (("one", "two"), ("two", "one"))
    ]

    assert [builds.ended(each)["buildStatus"] for each in started] == ["SUCCEEDED"] * 2


def test_nothing_of_a_build_is_left_however_deep_and_closed_it_is(builds: Building) -> None:
    dig = "import os; [(os.mkdir('d'), os.chdir('d')) for _ in range(2000)]; os.chmod('.', 0)"
    project = builds.project(
        "course-deep", spec(build=[f'python3 -c "{dig}"', "mkdir shut; touch shut/a; chmod 0 shut"])
    )
    build = builds.build(project)
    work = builds.cloud.directory.path / "codebuild" / "work"

    assert build["buildStatus"] == "SUCCEEDED"
    assert not (work / build["id"].partition(":")[2]).exists()


def test_a_role_that_no_longer_trusts_codebuild_fails_the_provisioning(builds: Building) -> None:
    iam = builds.cloud.client("iam")
    trust = {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Principal": {"Service": "codebuild.amazonaws.com"},
            "Action": "sts:AssumeRole",
        },
    }
    document = json.dumps(trust)
    role = iam.create_role(RoleName="course-fallen", AssumeRolePolicyDocument=document)["Role"]
    fallen = Building(cloud=builds.cloud, codebuild=builds.codebuild, role=role["Arn"])
    project = fallen.project("course-fallen", spec(build=["true"]))
    iam.update_assume_role_policy(
        RoleName="course-fallen", PolicyDocument=document.replace("codebuild", "ecs-tasks")
    )
    build = builds.build(project)

    assert context(build) == [
        (
            "PROVISIONING",
            "ACCESS_DENIED",
            f"CodeBuild is not authorized to perform: sts:AssumeRole on {role['Arn']}",
        )
    ]
    assert outcome(build)[-3:] == [
        ("PROVISIONING", "FAILED"),
        ("FINALIZING", "SUCCEEDED"),
        ("COMPLETED", "FAILED"),
    ]
