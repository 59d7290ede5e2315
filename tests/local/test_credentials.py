"""Role credentials for what runs: found by real SDKs, guarded by a token, fresh, revocable."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from inside_cloud import CloudInside, cloud_inside

from herogate.local.credentials import Issued, RoleCredentials
from herogate.local.errors import AwsError

TASK = "arn:aws:ecs:us-east-1:000000000000:task/cluster/0123"
SERVICE = "ecs-tasks.amazonaws.com"
FOR_TASKS = {"ArnLike": {"aws:SourceArn": "arn:aws:ecs:us-east-1:*:task/*"}}
WHO = """
import boto3
print(boto3.client("sts").get_caller_identity()["Arn"])
"""


@pytest.fixture(scope="module")
def inside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CloudInside]:
    with cloud_inside(tmp_path_factory.mktemp("credentials") / "local") as running:
        yield running


def issued(inside: CloudInside, name: str, source_arn: str = TASK) -> Issued:
    """The right to the credentials of a new role."""
    role = inside.role(name, SERVICE, Condition=FOR_TASKS)
    return inside.run(
        inside.cloud.credentials.issue(
            role, service=SERVICE, source_arn=source_arn, session="0123", region="us-east-1"
        )
    )


def get(issued: Issued, token: str | None = None, **options: Any) -> tuple[int, dict[str, str]]:
    """Ask where the environment says; the status and the answer."""
    right = issued.environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"]
    request = urllib.request.Request(
        issued.environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"],
        headers={"Authorization": right if token is None else token},
        **options,
    )
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.loads(error.read())


def test_an_sdk_finds_the_role_by_the_environment_alone(
    inside: CloudInside, tmp_path: Path
) -> None:
    given = issued(inside, "found-by-sdks")
    done = subprocess.run(
        [sys.executable, "-c", WHO],
        env={
            **given.environment,
            "AWS_ENDPOINT_URL": inside.cloud.endpoint_url,
            "AWS_DEFAULT_REGION": "us-east-1",
            "HOME": str(tmp_path),
        },
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().endswith(":assumed-role/found-by-sdks/0123")


def test_nobody_is_answered_without_the_token_nor_after_it_was_revoked(
    inside: CloudInside,
) -> None:
    given, other = issued(inside, "guarded"), issued(inside, "other")
    others_token = other.environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"]
    refused = [get(given, token) for token in ("", "guess", others_token)]
    refused.append(get(given, method="POST"))
    assert get(given)[0] == 200
    inside.cloud.credentials.revoke(given.id)
    inside.cloud.credentials.revoke(given.id)
    refused.append(get(given))
    assert [(status, answer["code"]) for status, answer in refused] == [
        *[(403, "AccessDenied")] * 3,
        (405, "InvalidMethod"),
        (400, "InvalidIdInRequest"),
    ]


def test_a_session_is_handed_out_again_until_it_has_little_left(tmp_path: Path) -> None:
    begin = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
    clock, found = [begin], []
    with cloud_inside(tmp_path / "local") as own:
        own.cloud.credentials = RoleCredentials(own.cloud, now=lambda: clock[0])
        given = issued(own, "renewed")
        for minutes in (0, 40, 41):
            clock[0] = begin + timedelta(minutes=minutes)
            found.append(get(given)[1])
    first, same, fresh = found
    assert sorted(first) == ["AccessKeyId", "Expiration", "RoleArn", "SecretAccessKey", "Token"]
    assert first["RoleArn"].endswith(":role/renewed")
    assert same == first
    assert (first["Expiration"], fresh["Expiration"]) == (
        "2026-11-22T13:00:00Z",
        "2026-11-22T13:41:00Z",
    )
    assert fresh["AccessKeyId"] != first["AccessKeyId"]


def test_a_role_that_does_not_trust_the_service_for_this_is_refused(inside: CloudInside) -> None:
    with pytest.raises(AwsError) as caught:
        issued(inside, "trusting-others", source_arn="arn:aws:ecs:us-east-1:1:service/x")
    assert caught.value.code == "AccessDenied"


def test_what_is_issued_does_not_show_its_secret(inside: CloudInside) -> None:
    given = issued(inside, "discreet")
    assert given.environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"] not in repr(given)
