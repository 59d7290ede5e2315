"""What a signature has to be like before anything is done for who made it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import botocore.auth
import botocore.credentials
import pytest
from botocore.awsrequest import AWSRequest

from herogate.local import signature
from herogate.local.errors import AwsError
from herogate.local.identity import Credentials
from herogate.local.moto_bridge.calls import HttpRequest

HOST = "localhost:4566"
KEY = Credentials(access_key_id="AKIAEXAMPLE", secret_access_key="secret")
Change = Callable[[HttpRequest], HttpRequest]


def signed(service: str = "iam", *, region: str = "eu-west-1") -> HttpRequest:
    request = AWSRequest(method="POST", url=f"http://{HOST}/", data=b"Action=ListUsers")
    known = botocore.credentials.Credentials(KEY.access_key_id, KEY.secret_access_key)
    kind = botocore.auth.S3SigV4Auth if service == "s3" else botocore.auth.SigV4Auth
    kind(known, service, region).add_auth(request)
    headers = {"Host": HOST, **dict(request.headers.items())}
    return HttpRequest(method="POST", target="/", headers=headers, body=b"Action=ListUsers")


def presigned(seconds: Any) -> HttpRequest:
    request = AWSRequest(method="GET", url=f"http://{HOST}/bucket/key")
    known = botocore.credentials.Credentials(KEY.access_key_id, KEY.secret_access_key)
    botocore.auth.S3SigV4QueryAuth(known, "s3", "eu-west-1", expires=seconds).add_auth(request)
    target = str(request.url).removeprefix(f"http://{HOST}")
    return HttpRequest(method="GET", target=target, headers={"Host": HOST}, body=b"")


def checked(request: HttpRequest, now: datetime | None = None) -> str:
    claimed = signature.claim(request)
    signature.check_claim(request, claimed, {"eu-west-1"}, now or datetime.now(UTC))
    return signature.verify(request, claimed, KEY, ["other.example", HOST])


def refusal(request: HttpRequest, now: datetime | None = None) -> tuple[str, str]:
    with pytest.raises(AwsError) as refused:
        checked(request, now)
    return refused.value.code, refused.value.message


def authorization(pattern: str, replacement: str) -> Change:
    def change(request: HttpRequest) -> HttpRequest:
        changed = re.sub(pattern, replacement, request.headers["Authorization"])
        return replace(request, headers={**request.headers, "Authorization": changed})

    return change


def header(name: str, value: str) -> Change:
    return lambda request: replace(request, headers={**request.headers, name: value})


@pytest.mark.parametrize("service", ["iam", "s3"])
def test_the_host_that_was_signed_is_told(service: str) -> None:
    assert checked(signed(service)) == HOST


@pytest.mark.parametrize(
    ("change", "code", "message"),
    [
        (
            authorization("aws4_request", "aws9_request"),
            "SignatureDoesNotMatch",
            "Credential should be scoped with a valid terminator: 'aws4_request', not 'aws9_request'.",
        ),
        (
            authorization("eu-west-1", "mars-1"),
            "SignatureDoesNotMatch",
            "Credential should be scoped to a valid region.",
        ),
        (
            header("X-Amz-Target", "something"),
            "SignatureDoesNotMatch",
            "'X-Amz-Target' must be a 'SignedHeader' in the AWS Authorization.",
        ),
        (
            authorization("SignedHeaders=host;", "SignedHeaders="),
            "SignatureDoesNotMatch",
            "'host' must be a 'SignedHeader' in the AWS Authorization.",
        ),
        (
            authorization("Signature=.*", "Signature=é"),
            "IncompleteSignature",
            "The request's signature cannot be read.",
        ),
        (
            authorization("SignedHeaders=host", "SignedHeaders=\udcff"),
            "IncompleteSignature",
            "The request's signature cannot be read.",
        ),
        (
            authorization("Credential=[^,]*", "Credential=a/b"),
            "IncompleteSignature",
            "The request's signature cannot be read.",
        ),
        (
            authorization("AWS4-HMAC-SHA256 .*", "AWS4-HMAC-SHA256 "),
            "IncompleteSignature",
            "The request's signature cannot be read.",
        ),
        (
            authorization("AWS4-HMAC-SHA256 .*", "Basic dXNlcjpwYXNz"),
            "MissingAuthenticationToken",
            "Request is missing Authentication Token",
        ),
        (
            authorization("AWS4-HMAC-SHA256 .*", "AWS AKIAEXAMPLE:c2lnbmF0dXJl"),
            "InvalidRequest",
            "The authorization mechanism you have provided is not supported. "
            "Please use AWS4-HMAC-SHA256.",
        ),
    ],
)
def test_what_is_not_signed_as_aws_demands_is_refused(
    change: Change, code: str, message: str
) -> None:
    assert refusal(change(signed())) == (code, message)


def test_the_scope_is_of_the_day_of_the_request() -> None:
    request = signed()
    day, moment = request.headers["X-Amz-Date"][:8], request.headers["X-Amz-Date"]
    assert refusal(authorization(f"/{day}/", "/20200101/")(request)) == (
        "SignatureDoesNotMatch",
        "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: "
        f"'20200101' != '{day}', from '{moment}'.",
    )


def test_s3_says_in_its_own_words_that_a_header_is_not_signed() -> None:
    assert refusal(header("x-amz-acl", "public-read")(signed("s3"))) == (
        "AccessDenied",
        "There were headers present in the request which were not signed",
    )


def test_a_signed_header_that_is_no_text_does_not_match() -> None:
    request = authorization("SignedHeaders=host", "SignedHeaders=host;x-odd")(signed())
    code, _ = refusal(header("X-Odd", "\udcff")(request))
    assert code == "SignatureDoesNotMatch"


@pytest.mark.parametrize(
    "payload", ["STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD"]
)
def test_bodies_whose_chunks_are_signed_one_by_one_are_refused_by_name(payload: str) -> None:
    assert refusal(header("X-Amz-Content-SHA256", payload)(signed("s3"))) == (
        "NotImplemented",
        f"The local cloud does not support the payload {payload}.",
    )


def test_another_body_than_the_one_that_was_hashed_is_refused() -> None:
    code, _ = refusal(replace(signed("s3"), body=b"another"))
    assert code == "XAmzContentSHA256Mismatch"


def test_a_presigned_url_is_good_for_the_time_it_names_and_a_week_at_most() -> None:
    later = datetime.now(UTC) + timedelta(seconds=61)
    assert checked(presigned("60")) == HOST
    assert refusal(presigned("60"), later) == ("AccessDenied", "Request has expired")
    assert [refusal(presigned(seconds)) for seconds in ("604801", "-1", "soon", "9" * 30)] == [
        ("AuthorizationQueryParametersError", "X-Amz-Expires must be less than 604800 seconds"),
        ("AuthorizationQueryParametersError", "X-Amz-Expires must be non-negative"),
        ("AuthorizationQueryParametersError", "X-Amz-Expires should be a number"),
        ("AuthorizationQueryParametersError", "X-Amz-Expires should be a number"),
    ]
