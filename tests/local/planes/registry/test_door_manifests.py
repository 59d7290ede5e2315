"""Manifests, tags and referrers as a client of the OCI distribution API meets them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from local_cloud import LocalCloud
from registries import OCI_IMAGE, OCI_INDEX, Client, client_of, digest_of, image_of, unique

IMMUTABLE = {
    "imageTagMutability": "IMMUTABLE_WITH_EXCLUSION",
    "imageTagMutabilityExclusionFilters": [{"filterType": "WILDCARD", "filter": "cache*"}],
}


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
        (b'{"schemaVersion": 2, "mediaType": {}, "manifests": []}', ""),
    ],
)
def test_what_is_no_manifest_is_refused(shop: Client, body: bytes, media_type: str) -> None:
    refused = shop.call("PUT", "manifests/v1", body, Content_Type=media_type)
    assert refused.code == (400, "MANIFEST_INVALID")


def test_a_manifest_of_four_mebibytes_is_taken_and_a_larger_one_refused(shop: Client) -> None:
    index = {"schemaVersion": 2, "mediaType": OCI_INDEX, "config": [], "manifests": []}
    largest = json.dumps(index).encode().ljust(4 << 20)
    assert shop.call("PUT", "manifests/v1", largest, Content_Type=OCI_INDEX).status == 201
    assert shop.call("GET", "manifests/v1").body == largest
    refused = shop.call("PUT", "manifests/v1", largest + b" ", Content_Type=OCI_INDEX)
    assert refused.code == (413, "MANIFEST_INVALID")


@pytest.mark.parametrize(
    "reference", [digest_of(b"other"), "sha256:short", "sha512:0123", "sha256:"]
)
def test_a_manifest_that_is_not_what_its_digest_says_is_refused(
    shop: Client, reference: str
) -> None:
    blob = {"digest": shop.push_blob(b"{}"), "size": 2}
    refused = shop.call("PUT", f"manifests/{reference}", image_of(blob, []), Content_Type=OCI_IMAGE)
    assert refused.code == (400, "DIGEST_INVALID")
    assert shop.call("GET", f"manifests/{reference}").status == 404


def test_a_layer_that_is_had_from_elsewhere_need_not_be_pushed(shop: Client) -> None:
    config = {"digest": shop.push_blob(b"{}"), "size": 2}
    absent = {"digest": digest_of(b"absent"), "size": 6, "urls": ["https://example.com/absent"]}
    kind = "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip"
    put = shop.call("PUT", "manifests/v1", image_of(config, [{**absent, "mediaType": kind}]))
    assert put.status == 201
    refused = shop.call("PUT", "manifests/v2", image_of(config, [absent]))
    assert refused.code == (404, "MANIFEST_BLOB_UNKNOWN")


def test_an_index_names_images_that_are_there(shop: Client) -> None:
    image = shop.push_image([b"layer"], "amd64")
    entry = {"mediaType": OCI_IMAGE, "digest": image, "size": 1}
    index: dict[str, Any] = {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": [entry]}
    text = json.dumps(index).encode()
    assert shop.call("PUT", "manifests/all", text).status == 201
    outer = {**entry, "mediaType": OCI_INDEX, "digest": digest_of(text), "annotations": {"a": "b"}}
    nested = json.dumps({**index, "manifests": [outer, entry]}).encode()
    assert shop.call("PUT", "manifests/nested", nested).status == 201
    assert shop.call("GET", "manifests/nested").body == nested
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
    assert shop.call("GET", "tags/list?n=0").json["tags"] == []
    assert shop.call("GET", "tags/list?last=a").json["tags"] == ["b", "c"]


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
    sealed = shop.call("GET", f"referrers/{image}?artifactType=text/seal")
    assert [each["artifactType"] for each in found] == ["text/bill", "text/seal"]
    assert [each["artifactType"] for each in sealed.json["manifests"]] == ["text/seal"]
    assert sealed.headers["OCI-Filters-Applied"] == "artifactType"
    none = shop.call("GET", f"referrers/{digest_of(b'nothing')}")
    assert (none.headers["Content-Type"], none.json["manifests"]) == (OCI_INDEX, [])
    assert shop.call("GET", "referrers/v1").code == (400, "DIGEST_INVALID")
