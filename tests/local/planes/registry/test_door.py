"""The registry as a client of the OCI distribution API meets it."""

from __future__ import annotations

import json
import os

import pytest
from local_cloud import LocalCloud
from registries import OCI_IMAGE, Client, client_at, client_of, digest_of, image_of, login, unique
from roles import session


def test_an_image_is_pulled_as_it_was_pushed(shop: Client) -> None:
    layer = os.urandom(3 << 20)
    digest = shop.push_image([layer], "v1")

    by_tag, by_digest = (shop.call("GET", f"manifests/{at}") for at in ("v1", digest))
    assert by_tag.body == by_digest.body
    assert digest_of(by_tag.body) == digest == by_tag.headers["Docker-Content-Digest"]
    assert by_tag.headers["Content-Type"] == OCI_IMAGE
    head = shop.call("HEAD", "manifests/v1")
    assert (head.status, head.headers["Content-Length"], head.body) == (
        200,
        str(len(by_tag.body)),
        b"",
    )
    assert shop.call("GET", f"blobs/{digest_of(layer)}").body == layer
    assert shop.call("HEAD", f"blobs/{digest_of(layer)}").headers["Content-Length"] == str(3 << 20)


def test_a_client_without_a_token_is_told_how_to_get_in(cloud: LocalCloud, shop: Client) -> None:
    stranger = Client(address=shop.address, repository=shop.repository)
    for path in ("/v2/", "tags/list"):
        answer = stranger.call("GET", path)
        assert answer.code == (401, "UNAUTHORIZED")
        assert answer.headers["Docker-Distribution-API-Version"] == "registry/2.0"
        assert (
            answer.headers["WWW-Authenticate"]
            == f'Basic realm="{cloud.endpoint_url}/",service="ecr.amazonaws.com"'
        )
    for wrong in ("Basic QVdTOndyb25n", "Basic !", "Bearer x"):
        assert stranger.call("GET", "/v2/", Authorization=wrong).status == 401
    assert shop.call("GET", "/v2/").json == {}


@pytest.mark.parametrize(
    ("repository", "refusal"),
    [
        ("us-east-1/nowhere", (404, "NAME_UNKNOWN")),
        ("eu-west-1/shop/web", (404, "NAME_UNKNOWN")),
        ("mars-1/shop", (404, "NAME_UNKNOWN")),
        ("us-east-1/Shop", (400, "NAME_INVALID")),
        ("us-east-1/s", (400, "NAME_INVALID")),
        (f"us-east-1/{'s' * 257}", (400, "NAME_INVALID")),
        ("shop", (400, "NAME_INVALID")),
    ],
)
def test_a_repository_that_is_not_there_is_refused(
    cloud: LocalCloud, repository: str, refusal: tuple[int, str]
) -> None:
    client = Client(address=cloud.endpoint_url, repository=repository, headers=login(cloud))
    assert client.call("POST", "blobs/uploads/", b"").code == refusal
    assert client.call("GET", "manifests/v1").code == refusal


def test_what_is_not_there_is_unknown(shop: Client) -> None:
    nothing = digest_of(b"nothing")
    assert shop.call("GET", "manifests/v1").code == (404, "MANIFEST_UNKNOWN")
    assert shop.call("GET", f"manifests/{nothing}").code == (404, "MANIFEST_UNKNOWN")
    assert shop.call("GET", f"blobs/{nothing}").code == (404, "BLOB_UNKNOWN")
    assert shop.call("HEAD", f"blobs/{nothing}").status == 404
    assert shop.call("PATCH", "blobs/uploads/none", b"x").code == (404, "BLOB_UPLOAD_UNKNOWN")


def test_what_ecr_does_not_have_is_unsupported(shop: Client) -> None:
    unsupported = (405, "UNSUPPORTED")
    assert shop.call("GET", "/v2/_catalog").code == unsupported
    assert shop.call("POST", "/v2/", b"").code == unsupported
    assert shop.call("DELETE", f"blobs/{shop.push_blob(b'blob')}").code == unsupported
    assert shop.call("GET", "tags/all").code == (400, "NAME_INVALID")


def test_a_role_has_at_the_registry_what_its_policies_allow(cloud: LocalCloud) -> None:
    own, foreign = (client_of(cloud, unique(name)) for name in ("own", "foreign"))
    kept = foreign.push_image([b"kept"], "v1")
    statements = [
        {"Effect": "Allow", "Action": "ecr:GetAuthorizationToken", "Resource": "*"},
        {
            "Effect": "Allow",
            "Action": "ecr:*",
            "Resource": f"arn:aws:ecr:{cloud.region}:123456789012:repository/{own.name}",
        },
    ]
    policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
    token = login(cloud, session(cloud, unique("pusher"), policy)("ecr"))
    own, foreign, nowhere = (
        client_at(cloud, name, token) for name in (own.name, foreign.name, "nowhere")
    )

    blob = {"digest": own.push_blob(b"{}"), "size": 2}
    pushed = own.call("PUT", "manifests/v1", image_of(blob, []), Content_Type=OCI_IMAGE)
    mounted = own.call(
        "POST", f"blobs/uploads/?mount={digest_of(b'kept')}&from={foreign.repository}", b""
    )
    denied = {
        client.call(method, path, body).code
        for client in (foreign, nowhere)
        for method, path, body in (
            ("GET", "manifests/v1", None),
            ("GET", f"blobs/{digest_of(b'kept')}", None),
            ("GET", "tags/list", None),
            ("GET", f"referrers/{kept}", None),
            ("POST", "blobs/uploads/", b""),
            ("PUT", "manifests/v1", b"{}"),
            ("DELETE", "manifests/v1", None),
        )
    }
    assert (pushed.status, mounted.status, denied) == (201, 202, {(403, "DENIED")})
    assert own.call("HEAD", f"blobs/{digest_of(b'kept')}").status == 404
