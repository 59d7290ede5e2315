"""The front door: who gets in, and that whoever does not gets nothing done."""

from __future__ import annotations

import gzip
import http.client
import socket
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import boto3
import botocore.auth
import botocore.credentials
import pytest
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.exceptions import ClientError
from local_cloud import LocalCloud, running
from reverse_proxy import forwarding, preserving, reverse_proxy

from herogate.local import lifecycle
from herogate.local.directory import Directory

Send = Callable[..., tuple[int, str]]


def signed(
    cloud: LocalCloud,
    body: str,
    *,
    host: str | None = None,
    access_key_id: str | None = None,
    secret_access_key: str | None = None,
) -> AWSRequest:
    """An IAM request as a client would sign it, for the address `host`."""
    request = AWSRequest(
        method="POST",
        url=f"http://{host}/" if host else f"{cloud.endpoint_url}/",
        data=body,
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    credentials = botocore.credentials.Credentials(
        access_key_id or cloud.access_key_id,
        secret_access_key or cloud.secret_access_key,
    )
    botocore.auth.SigV4Auth(credentials, "iam", "us-east-1").add_auth(request)
    return request


def send(cloud: LocalCloud, request: AWSRequest, **headers: str) -> tuple[int, str]:
    """Send a signed request to the front door's port, whatever host it was signed for."""
    address = urlsplit(cloud.endpoint_url)
    connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=10)
    sent = {
        "Host": urlsplit(request.url).netloc,
        **dict(request.headers.items()),
        **headers,
    }
    connection.request(str(request.method), "/", request.data, sent)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text


def user_made(cloud: LocalCloud, name: str) -> bool:
    return name in [user["UserName"] for user in cloud.client("iam").list_users()["Users"]]


def create_user(name: str) -> str:
    return f"Action=CreateUser&Version=2010-05-08&UserName={name}"


def test_a_signed_request_is_served(cloud: LocalCloud) -> None:
    status, _ = send(cloud, signed(cloud, create_user("invited")))
    assert status == 200
    assert user_made(cloud, "invited")


@pytest.mark.parametrize(
    ("what", "key", "headers", "code"),
    [
        ("an unknown key", {"access_key_id": "AKIAAAAAAAAAAAAAAAAA"}, {}, "InvalidClientTokenId"),
        ("a wrong secret", {"secret_access_key": "guessed"}, {}, "SignatureDoesNotMatch"),
        ("a foreign host", {"host": "attacker.example:80"}, {}, "AccessDenied"),
        ("a web page's origin", {}, {"Origin": "http://localhost:3000"}, "AccessDenied"),
        ("another origin", {}, {"Origin": "null"}, "AccessDenied"),
        ("a token nobody gave", {}, {"X-Amz-Security-Token": "abc"}, "InvalidClientTokenId"),
    ],
)
def test_a_request_with_something_wrong_gets_nothing_done(
    cloud: LocalCloud, what: str, key: Mapping[str, str], headers: Mapping[str, str], code: str
) -> None:
    name = what.replace(" ", "-").replace("'", "")
    status, text = send(cloud, signed(cloud, create_user(name), **key), **headers)
    assert (status, code in text) == (403, True), text
    assert not user_made(cloud, name)


def test_an_unsigned_request_gets_nothing_done(cloud: LocalCloud) -> None:
    request = AWSRequest(method="POST", url=f"{cloud.endpoint_url}/", data=create_user("unsigned"))
    status, text = send(cloud, request)
    assert (status, "MissingAuthenticationToken" in text) == (403, True)
    assert not user_made(cloud, "unsigned")


def test_a_changed_body_breaks_the_signature(cloud: LocalCloud) -> None:
    request = signed(cloud, create_user("honest"))
    request.data = create_user("forged")
    status, _ = send(cloud, request)
    assert status == 403
    assert not user_made(cloud, "forged")


def test_a_signature_lasts_a_quarter_of_an_hour(
    cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    earlier = datetime.now(UTC) - timedelta(minutes=16)
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda *_, **__: earlier)
    request = signed(cloud, create_user("late"))
    monkeypatch.undo()
    status, text = send(cloud, request)
    assert (status, "RequestExpired" in text) == (403, True)
    assert not user_made(cloud, "late")


@pytest.mark.parametrize("method", ["OPTIONS", "GET"])
def test_a_preflight_is_refused_without_a_cors_header(cloud: LocalCloud, method: str) -> None:
    address = urlsplit(cloud.endpoint_url)
    connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=10)
    connection.request(method, "/", headers={"Origin": "http://evil.example"})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    assert answer.status == 403
    assert [
        name for name, _ in answer.getheaders() if name.lower().startswith("access-control")
    ] == []


def test_answers_carry_no_cors_header(cloud: LocalCloud) -> None:
    answer = cloud.client("s3").list_buckets()
    headers = answer["ResponseMetadata"]["HTTPHeaders"]
    assert [name for name in headers if name.startswith("access-control")] == []


def test_a_presigned_url_is_good_until_it_expires(cloud: LocalCloud) -> None:
    s3 = cloud.client("s3", config=Config(signature_version="s3v4"))
    s3.create_bucket(Bucket="presigned")
    s3.put_object(Bucket="presigned", Key="a b/ü.txt", Body=b"hello")
    where = {"Bucket": "presigned", "Key": "a b/ü.txt"}
    good = s3.generate_presigned_url("get_object", Params=where, ExpiresIn=60)
    with urlopen(good, timeout=10) as answer:
        assert answer.read() == b"hello"
    stale = s3.generate_presigned_url("get_object", Params=where, ExpiresIn=0)
    with pytest.raises(OSError, match="403"):
        urlopen(Request(stale), timeout=10)


def test_an_assumed_role_is_a_caller_of_its_own(cloud: LocalCloud) -> None:
    me = cloud.client("sts").get_caller_identity()["Arn"]
    trust = (
        '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", '
        f'"Principal": {{"AWS": "{me}"}}, "Action": "sts:AssumeRole"}}]}}'
    )
    cloud.client("iam").create_role(RoleName="deputy", AssumeRolePolicyDocument=trust)
    session = cloud.client("sts").assume_role(
        RoleArn="arn:aws:iam::123456789012:role/deputy", RoleSessionName="monday"
    )["Credentials"]
    keys = {
        "aws_access_key_id": session["AccessKeyId"],
        "aws_secret_access_key": session["SecretAccessKey"],
    }
    deputy = cloud.client("sts", **keys, aws_session_token=session["SessionToken"])
    assert deputy.get_caller_identity()["Arn"] == (
        "arn:aws:sts::123456789012:assumed-role/deputy/monday"
    )
    with pytest.raises(ClientError, match="InvalidClientTokenId"):
        cloud.client("sts", **keys).get_caller_identity()


def test_a_service_the_cloud_does_not_have_is_refused_by_name(cloud: LocalCloud) -> None:
    with pytest.raises(ClientError, match=r"NotImplemented.*no service 'rds'"):
        cloud.client("rds").describe_db_instances()


def test_an_operation_the_cloud_does_not_have_is_refused_by_name(cloud: LocalCloud) -> None:
    with pytest.raises(ClientError, match=r"NotImplemented.*ecs:ExecuteCommand"):
        cloud.client("ecs").execute_command(task="t", interactive=True, command="sh")


def caller_through(cloud: LocalCloud, port: int) -> str:
    """Who GetCallerIdentity says we are, asked under a name the cloud was not started with."""
    client = cloud.client("sts", endpoint_url=f"http://cloud.example.test:{port}")
    client.meta.events.register("before-send.sts.*", _to_loopback(port))
    return str(client.get_caller_identity()["Arn"])


def _to_loopback(port: int) -> Callable[..., None]:
    def direct(request: Any, **_: Any) -> None:
        request.headers["Host"] = f"cloud.example.test:{port}"
        request.url = f"http://127.0.0.1:{port}/"

    return direct


def test_a_proxy_that_tells_the_host_it_was_asked_for_needs_no_setting(cloud: LocalCloud) -> None:
    with reverse_proxy(cloud.endpoint_url, forwarding) as port:
        assert caller_through(cloud, port).endswith(":user/developer")


def test_a_proxy_that_keeps_the_foreign_host_is_refused(cloud: LocalCloud) -> None:
    with (
        reverse_proxy(cloud.endpoint_url, preserving) as port,
        pytest.raises(ClientError, match="--trust-host"),
    ):
        caller_through(cloud, port)


def test_a_proxy_of_a_trusted_host_is_served(directory: Directory) -> None:
    lifecycle.start(directory, trusted_hosts=["cloud.example.test"], runtime="process")
    own = running(directory)
    with reverse_proxy(own.endpoint_url, preserving) as port:
        assert caller_through(own, port).endswith(":user/developer")


def test_cbor_is_spoken_to_who_speaks_it(cloud: LocalCloud) -> None:
    """botocore 1.44 prefers JSON for these services; others speak the CBOR their models name first."""
    import botocore.parsers
    import botocore.serialize

    model = boto3.Session().client("codebuild", region_name="us-east-1").meta.service_model
    operation = model.operation_model("ListProjects")
    serialized = botocore.serialize.create_serializer("smithy-rpc-v2-cbor").serialize_to_request(
        {"sortOrder": "ASCENDING"}, operation
    )
    request = AWSRequest(
        method="POST",
        url=f"{cloud.endpoint_url}{serialized['url_path']}",
        data=bytes(serialized["body"]),
        headers=dict(serialized["headers"]),
    )
    credentials = botocore.credentials.Credentials(cloud.access_key_id, cloud.secret_access_key)
    botocore.auth.SigV4Auth(credentials, "codebuild", "us-east-1").add_auth(request)
    sent = Request(str(request.url), request.data, dict(request.headers.items()), method="POST")
    with urlopen(sent, timeout=10) as answer:
        headers = {name.lower(): value for name, value in answer.headers.items()}
        response = {"status_code": 200, "headers": headers, "body": answer.read(), "context": {}}
    parsed = botocore.parsers.create_parser("smithy-rpc-v2-cbor").parse(
        response, operation.output_shape
    )
    projects = cloud.client("codebuild").list_projects(sortOrder="ASCENDING")["projects"]
    assert (headers["smithy-protocol"], parsed["projects"]) == ("rpc-v2-cbor", projects)


def exchange(cloud: LocalCloud, sent: bytes) -> socket.socket:
    """A connection to the front door on which `sent` was sent."""
    address = urlsplit(cloud.endpoint_url)
    connection = socket.create_connection((str(address.hostname), address.port), timeout=10)
    connection.sendall(sent)
    return connection


def test_who_has_not_signed_is_refused_before_sending_a_body(cloud: LocalCloud) -> None:
    host = urlsplit(cloud.endpoint_url).netloc
    head = f"POST / HTTP/1.1\r\nHost: {host}\r\nContent-Length: 1000000\r\n\r\n"
    with exchange(cloud, head.encode()) as connection:
        assert connection.recv(100).startswith(b"HTTP/1.1 403 ")


def test_a_client_that_waits_to_be_asked_for_its_body_is_asked(cloud: LocalCloud) -> None:
    body = "Action=ListUsers&Version=2010-05-08"
    request = signed(cloud, body)
    headers = {
        "Host": urlsplit(cloud.endpoint_url).netloc,
        **dict(request.headers.items()),
        "Content-Length": str(len(body)),
        "Expect": "100-continue",
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    with exchange(cloud, f"POST / HTTP/1.1\r\n{head}\r\n".encode()) as connection:
        assert connection.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(body.encode())
        assert connection.recv(100).startswith(b"HTTP/1.1 200 ")


def test_a_request_that_names_no_host_is_refused(cloud: LocalCloud) -> None:
    with exchange(cloud, b"GET / HTTP/1.0\r\n\r\n") as connection:
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        assert (answer.status, b"AccessDenied" in answer.read()) == (403, True)


def test_who_speaks_no_http_or_leaves_early_is_no_error_of_ours(directory: Directory) -> None:
    cloud = running(directory)
    host = urlsplit(cloud.endpoint_url).netloc
    for sent in (
        b"\x16\x03\x01\x02\x00",
        f"GET / HTTP/1.1\r\nHost: {host}\r\nHost: {host}\r\n\r\n".encode(),
        f"GET / HTTP/1.1\r\nHost: {host}\r\nX: {'x' * 100_000}\r\n\r\n".encode(),
    ):
        with exchange(cloud, sent) as connection:
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(1 << 16):
                pass
    lifecycle.stop(directory)
    assert "Traceback" not in directory.log.read_text()


def test_compressed_and_binary_contents_come_back_as_they_were_sent(cloud: LocalCloud) -> None:
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket="contents")
    zipped = gzip.compress(b"content" * 1000)
    s3.put_object(Bucket="contents", Key="page.gz", Body=zipped, ContentEncoding="gzip")
    found = s3.get_object(Bucket="contents", Key="page.gz")
    assert (found["Body"].read(), found["ContentEncoding"]) == (zipped, "gzip")
    s3.put_object(Bucket="contents", Key="bytes", Body=bytes(range(256)))
    assert s3.get_object(Bucket="contents", Key="bytes")["Body"].read() == bytes(range(256))


def test_an_upload_by_an_html_form_is_refused_by_name(cloud: LocalCloud) -> None:
    request = AWSRequest(method="POST", url=f"{cloud.endpoint_url}/contents", data=b"")
    key = botocore.credentials.Credentials(cloud.access_key_id, cloud.secret_access_key)
    botocore.auth.S3SigV4Auth(key, "s3", "us-east-1").add_auth(request)
    sent = Request(str(request.url), b"", dict(request.headers.items()), method="POST")
    with pytest.raises(HTTPError) as refused:
        urlopen(sent, timeout=10)
    assert "uploads by HTML forms" in refused.value.read().decode()


def test_a_region_that_does_not_exist_is_refused(cloud: LocalCloud) -> None:
    with pytest.raises(ClientError, match=r"AuthFailure.*Credential should be scoped to a valid"):
        cloud.client("ec2", region_name="mars-north-1").describe_vpcs()


def test_a_proxy_may_tell_host_and_port_apart_and_speak_tls(directory: Directory) -> None:
    def apart(headers: dict[str, str], upstream: str) -> None:
        headers["X-Forwarded-Host"], headers["X-Forwarded-Port"] = headers["Host"].split(":")
        headers["X-Forwarded-Proto"] = "https"
        headers["Host"] = upstream

    cloud = running(directory)
    with reverse_proxy(cloud.endpoint_url, apart) as port:
        assert caller_through(cloud, port).endswith(":user/developer")
