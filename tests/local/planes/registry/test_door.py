"""The registry as a client of the OCI distribution API meets it."""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from local_cloud import LocalCloud
from registries import OCI_IMAGE, OCI_INDEX, Client, client_of, digest_of, image_of, login, unique

CACHE_ONLY = [{"filterType": "WILDCARD", "filter": "cache*"}]
IMMUTABLE = {
    "imageTagMutability": "IMMUTABLE_WITH_EXCLUSION",
    "imageTagMutabilityExclusionFilters": CACHE_ONLY,
}


@pytest.fixture
def shop(cloud: LocalCloud) -> Client:
    """A client of a repository of its own."""
    return client_of(cloud, unique("shop/web"))


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


def test_a_blob_is_read_in_ranges(shop: Client) -> None:
    digest = shop.push_blob(b"0123456789")
    part = shop.call("GET", f"blobs/{digest}", Range="bytes=2-4")
    rest = shop.call("GET", f"blobs/{digest}", Range="bytes=7-")

    assert (part.status, part.body, part.headers["Content-Range"]) == (206, b"234", "bytes 2-4/10")
    assert (rest.status, rest.body) == (206, b"789")
    assert shop.call("GET", f"blobs/{digest}", Range="bytes=10-").status == 416


def test_an_upload_goes_on_where_it_stopped(shop: Client) -> None:
    upload = shop.call("POST", "blobs/uploads/", b"").headers["Location"]
    first = shop.call("PATCH", upload, b"01234", Content_Range="0-4")
    assert (first.status, first.headers["Range"]) == (202, "0-4")

    gap = shop.call("PATCH", upload, b"x", Content_Range="9-9")
    assert (gap.code, gap.headers["Range"]) == ((416, "BLOB_UPLOAD_INVALID"), "0-4")
    assert shop.call("GET", upload).headers["Range"] == "0-4"
    assert shop.call("PATCH", upload, b"567", Content_Range="5-7").status == 202
    digest = digest_of(b"0123456789")
    assert shop.call("PUT", f"{upload}?digest={digest}", b"89").status == 201
    assert shop.call("GET", f"blobs/{digest}").body == b"0123456789"
    assert shop.call("GET", upload).code == (404, "BLOB_UPLOAD_UNKNOWN")


def test_a_blob_is_pushed_by_one_request(shop: Client) -> None:
    digest = digest_of(b"whole")
    pushed = shop.call("POST", f"blobs/uploads/?digest={digest}", b"whole")
    assert (pushed.status, pushed.headers["Location"]) == (
        201,
        f"/v2/{shop.repository}/blobs/{digest}",
    )
    assert shop.call("GET", f"blobs/{digest}").body == b"whole"


def test_a_blob_that_is_not_what_its_digest_says_is_refused(shop: Client) -> None:
    upload = shop.call("POST", "blobs/uploads/", b"").headers["Location"]
    wrong = shop.call("PUT", f"{upload}?digest={digest_of(b'other')}", b"this")
    assert wrong.code == (400, "DIGEST_INVALID")
    assert shop.call("PUT", f"{upload}?digest=md5:1234").code == (400, "DIGEST_INVALID")
    assert shop.call("HEAD", f"blobs/{digest_of(b'other')}").status == 404


def test_an_upload_that_is_given_up_is_gone(shop: Client) -> None:
    upload = shop.call("POST", "blobs/uploads/", b"").headers["Location"]
    assert shop.call("DELETE", upload).status == 204
    assert shop.call("PATCH", upload, b"x").code == (404, "BLOB_UPLOAD_UNKNOWN")


def test_a_blob_is_mounted_from_another_repository(cloud: LocalCloud, shop: Client) -> None:
    other = client_of(cloud, unique("other"))
    digest = other.push_blob(b"shared")
    mounted = shop.call("POST", f"blobs/uploads/?mount={digest}&from={other.repository}", b"")
    missing = digest_of(b"missing")
    begun = shop.call("POST", f"blobs/uploads/?mount={missing}&from={other.repository}", b"")

    assert (mounted.status, begun.status) == (201, 202)
    assert shop.call("GET", f"blobs/{digest}").body == b"shared"


def test_a_manifest_whose_blobs_are_missing_is_refused(shop: Client) -> None:
    blob = {"digest": digest_of(b"missing"), "size": 7}
    missing = shop.call("PUT", "manifests/v1", image_of(blob, [blob]), Content_Type=OCI_IMAGE)
    assert missing.code == (404, "MANIFEST_BLOB_UNKNOWN")


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (b"", OCI_IMAGE),
        (b"{", OCI_IMAGE),
        (b"[" * 100_000, OCI_IMAGE),
        (b'{"schemaVersion": 1}', OCI_IMAGE),
        (b'{"schemaVersion": 2, "config": {}, "layers": []}', OCI_IMAGE),
        (b'{"schemaVersion": 2, "manifests": []}', "application/json"),
        (b'{"schemaVersion": 2, "mediaType": "%s"}' % OCI_IMAGE.encode(), OCI_INDEX),
        (b" " * ((4 << 20) + 1), OCI_IMAGE),
    ],
)
def test_what_is_no_manifest_is_refused(shop: Client, body: bytes, media_type: str) -> None:
    refused = shop.call("PUT", "manifests/v1", body, Content_Type=media_type)
    assert refused.code == (400, "MANIFEST_INVALID")


def test_an_index_names_images_that_are_there(shop: Client) -> None:
    image = shop.push_image([b"layer"], "amd64")
    entry = {"mediaType": OCI_IMAGE, "digest": image, "size": 1}
    index: dict[str, Any] = {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": [entry]}
    assert shop.call("PUT", "manifests/all", json.dumps(index).encode()).status == 201
    absent = {**index, "manifests": [{**entry, "digest": digest_of(b"absent")}]}
    refused = shop.call("PUT", "manifests/all", json.dumps(absent).encode())

    assert refused.code == (404, "MANIFEST_BLOB_UNKNOWN")
    assert shop.call("DELETE", f"manifests/{image}").code == (400, "DENIED")


def test_a_tag_that_is_immutable_is_not_moved(cloud: LocalCloud) -> None:
    shop = client_of(cloud, unique("immutable"), **IMMUTABLE)
    first = shop.push_image([b"first"], "v1", "cache")
    second = shop.push_image([b"second"], "cache")
    manifest = shop.call("GET", f"manifests/{second}").body
    moved = shop.call("PUT", "manifests/v1", manifest, Content_Type=OCI_IMAGE)

    assert moved.code == (400, "TAG_INVALID")
    assert shop.push_image([b"first"], "v1") == first
    tags = {
        tag: shop.call("HEAD", f"manifests/{tag}").headers["Docker-Content-Digest"]
        for tag in ("v1", "cache")
    }
    assert tags == {"v1": first, "cache": second}


def test_tags_are_listed_in_pages(shop: Client) -> None:
    shop.push_image([b"layer"], "c", "a", "b")
    first = shop.call("GET", "tags/list?n=2")
    following, _, relation = first.headers["Link"].partition(">; ")
    second = shop.call("GET", following.removeprefix("<"))

    assert (first.json, relation) == (
        {"name": shop.repository, "tags": ["a", "b"]},
        'rel="next"',
    )
    assert second.json == {"name": shop.repository, "tags": ["c"]}
    assert "Link" not in second.headers


def test_an_image_goes_with_its_last_tag(shop: Client) -> None:
    digest = shop.push_image([b"layer"], "v1", "v2")
    assert shop.call("DELETE", "manifests/v1").status == 202
    assert shop.call("GET", f"manifests/{digest}").status == 200
    assert shop.call("DELETE", "manifests/v2").status == 202
    assert shop.call("GET", f"manifests/{digest}").code == (404, "MANIFEST_UNKNOWN")
    assert shop.call("DELETE", "manifests/v2").code == (404, "MANIFEST_UNKNOWN")


def test_referrers_of_an_image_are_listed(shop: Client) -> None:
    image = shop.push_image([b"layer"], "v1")
    subject = {"mediaType": OCI_IMAGE, "digest": image, "size": 1}
    shop.push_image([b"bill"], "bill", subject=subject, artifactType="text/bill")
    shop.push_image([b"seal"], "seal", subject=subject, artifactType="text/seal")

    found = shop.call("GET", f"referrers/{image}").json["manifests"]
    sealed = shop.call("GET", f"referrers/{image}?artifactType=text/seal").json["manifests"]
    assert [each["artifactType"] for each in found] == ["text/bill", "text/seal"]
    assert [each["artifactType"] for each in sealed] == ["text/seal"]


def test_a_blob_is_not_deleted_by_itself(shop: Client) -> None:
    digest = shop.push_blob(b"blob")
    assert shop.call("DELETE", f"blobs/{digest}").code == (405, "UNSUPPORTED")


def test_two_who_push_the_same_blob_both_succeed(shop: Client) -> None:
    content = os.urandom(1 << 20)
    with ThreadPoolExecutor(4) as pool:
        digests = set(pool.map(shop.push_blob, [content] * 4))
    assert digests == {digest_of(content)}
    assert shop.call("GET", f"blobs/{digest_of(content)}").body == content
