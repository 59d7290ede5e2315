"""Whom we are to AWS and where, and how a call that fails is told."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import boto3
import pytest

from herogate.aws.patience import Patience
from herogate.aws.session import Session
from herogate.errors import (
    AccessDenied,
    AwsRefused,
    EndpointUnreachable,
    HerogateError,
    InvalidRequest,
    NoCredentials,
    NoRegion,
)


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No AWS setting of whoever runs the tests."""
    for name in os.environ:
        if name.startswith("AWS_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))


@pytest.fixture
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")


def failure(session: Session) -> HerogateError:
    """What a call ends with."""
    with pytest.raises(HerogateError) as caught:
        session.service("sts").call("get_caller_identity")
    return caught.value


class Endpoint(BaseHTTPRequestHandler):
    """An AWS that gives one answer to everything."""

    status, body = 400, b""

    def do_POST(self) -> None:
        self.send_response(self.status)
        self.send_header("Content-Length", str(len(self.body)))
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch, credentials: None) -> Iterator[type[Endpoint]]:
    handler = type("Answering", (Endpoint,), {})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
        yield handler
        server.shutdown()
        thread.join()


def refusal(code: str, message: str) -> bytes:
    error = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
    return f"<ErrorResponse>{error}</ErrorResponse>".encode()


def test_the_region_given_beats_the_environments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    assert Session().region == "eu-west-1"
    monkeypatch.setenv("AWS_REGION", "eu-west-2")
    assert (Session().region, Session(region="us-east-1").region) == ("eu-west-2", "us-east-1")


def test_the_region_may_be_the_profiles(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "config").write_text("[profile work]\nregion = ap-northeast-1\n")
    assert Session(profile="work").region == "ap-northeast-1"


@pytest.mark.parametrize(
    ("given", "environment_says", "in_force"),
    [(None, None, None), (None, "default", None), (None, "work", "work"), ("home", "work", "home")],
)
def test_the_profile_in_force_is_named_unless_it_is_the_default(
    monkeypatch: pytest.MonkeyPatch,
    given: str | None,
    environment_says: str | None,
    in_force: str | None,
) -> None:
    if environment_says:
        monkeypatch.setenv("AWS_PROFILE", environment_says)
    assert Session(profile=given).profile == in_force


def test_an_empty_variable_says_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, credentials: None
) -> None:
    (tmp_path / "config").write_text("[default]\nregion = ap-northeast-1\n")
    for name in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.setenv(name, "")
    session = Session()
    assert (session.region, session.profile) == ("ap-northeast-1", None)
    assert session.credentials.access_key == "testing"


def test_no_region_is_an_error_that_says_where_to_name_one() -> None:
    with pytest.raises(NoRegion) as caught:
        _ = Session().region
    assert (caught.value.message, caught.value.hint) == (
        "No AWS region given.",
        "Name one with --region, AWS_REGION or `region` in the AWS profile.",
    )


@pytest.mark.parametrize(
    ("region", "nearest"),
    [
        ("us east 1", "us-east-1"),
        ("us-east-1/x", "us-east-1"),
        ("us-esat-1", "us-east-1"),
        ("cn-nroth-1", "cn-north-1"),
    ],
)
def test_what_is_no_region_is_refused_before_any_call_and_the_nearest_named(
    region: str, nearest: str
) -> None:
    error = failure(Session(region=region))
    assert (type(error), error.message) == (InvalidRequest, f"{region} is not an AWS region.")
    assert nearest in (error.hint or "").partition("?")[0]


def test_every_region_of_every_partition_that_boto3_knows_is_taken() -> None:
    session = boto3.Session()
    regions = [
        region
        for partition in session.get_available_partitions()
        for region in session.get_available_regions("cloudformation", partition)
    ]
    assert [Session(region=region).region for region in regions] == regions


def test_no_credentials_are_an_error_that_says_how_to_get_some() -> None:
    error = failure(Session(region="us-east-1"))
    assert (type(error), error.message) == (NoCredentials, "Unable to locate credentials.")


def test_a_profile_that_is_not_there_is_named() -> None:
    error = failure(Session(profile="nope", region="us-east-1"))
    assert (type(error), error.message) == (
        InvalidRequest,
        "The config profile (nope) could not be found.",
    )


def test_an_unreadable_configuration_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "config").write_text("[profile\nregion\n")
    assert type(failure(Session(region="us-east-1"))) is InvalidRequest


def test_an_endpoint_where_nobody_listens_is_soon_given_up(
    monkeypatch: pytest.MonkeyPatch, credentials: None
) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        error = failure(Session(region="us-east-1"))
    assert (type(error), error.message) == (
        EndpointUnreachable,
        f"The AWS endpoint {url} does not answer.",
    )


def test_an_endpoint_that_takes_no_connection_is_tried_less_often_than_one_that_is_busy(
    monkeypatch: pytest.MonkeyPatch, credentials: None
) -> None:
    with socket.socket() as full, ExitStack() as waiting:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        waiting.enter_context(socket.create_connection(full.getsockname()))
        url = f"http://127.0.0.1:{full.getsockname()[1]}"
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        before = time.monotonic()
        error = failure(Session(region="us-east-1", patience=Patience(connect_seconds=0.5)))
        waited = time.monotonic() - before
    assert (type(error), error.message) == (
        EndpointUnreachable,
        f"The AWS endpoint {url} does not answer.",
    )
    assert waited < 20  # all tries, with the pauses between them, take a minute


def test_an_endpoint_that_takes_calls_and_never_answers_is_given_up_after_a_second_one(
    monkeypatch: pytest.MonkeyPatch, credentials: None
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        url = f"http://127.0.0.1:{mute.getsockname()[1]}"
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        error = failure(Session(region="us-east-1", patience=Patience(answer_seconds=0.1)))
        mute.setblocking(False)
        taken = [mute.accept()[0] for _ in range(2)]
        with pytest.raises(BlockingIOError):
            mute.accept()
    for connection in taken:
        connection.close()
    assert (type(error), error.message) == (
        EndpointUnreachable,
        f"The AWS endpoint {url} takes calls and does not answer them.",
    )


def test_who_searches_or_reads_templates_may_take_longer_to_answer() -> None:
    services = ("sts", "dynamodb", "ecs", "cloudformation", "logs", "s3")
    seconds = {name: vars(Patience().config(name))["read_timeout"] for name in services}
    assert seconds == {
        "sts": 15,
        "dynamodb": 15,
        "ecs": 15,
        "cloudformation": 30,
        "logs": 30,
        "s3": 60,
    }


def test_an_address_that_is_no_url_is_refused(
    monkeypatch: pytest.MonkeyPatch, credentials: None
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "not a url")
    assert type(failure(Session(region="us-east-1"))) is InvalidRequest


@pytest.mark.parametrize(
    ("code", "message", "kind", "told"),
    [
        (
            "AccessDenied",
            "not authorized to do this",
            AccessDenied,
            "AWS refused sts:GetCallerIdentity: not authorized to do this (AccessDenied)",
        ),
        (
            "InvalidClientTokenId",
            "The security token is invalid.",
            NoCredentials,
            "AWS does not accept these credentials: The security token is invalid.",
        ),
        (
            "SomethingElse",
            "No.",
            AwsRefused,
            "AWS refused sts:GetCallerIdentity: No. (SomethingElse)",
        ),
    ],
)
def test_a_refusal_is_told_in_awss_words(
    endpoint: type[Endpoint], code: str, message: str, kind: type[HerogateError], told: str
) -> None:
    endpoint.body = refusal(code, message)
    error = failure(Session(region="us-east-1"))
    assert (type(error), error.message, error.exit_code) == (kind, told, 2)


def test_what_does_not_answer_as_aws_does_is_said_to_be_none(endpoint: type[Endpoint]) -> None:
    endpoint.status, endpoint.body = 200, b"<html>Welcome to nginx<br></html>"
    error = failure(Session(region="us-east-1"))
    assert (type(error), error.message) == (
        EndpointUnreachable,
        "What answers for sts is no AWS endpoint.",
    )
