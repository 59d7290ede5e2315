"""ECR's layers by API: one store with what docker pushes and pulls."""

from __future__ import annotations

import urllib.error
import urllib.request
from typing import Any

import pytest
from local_cloud import LocalCloud
from registries import Client, client_of, digest_of, unique


@pytest.fixture
def name() -> str:
    """A repository's name."""
    return unique("layers")


@pytest.fixture
def shop(cloud: LocalCloud, name: str) -> Client:
    """Who pushes to the repository."""
    return client_of(cloud, name)


def test_a_layer_uploaded_by_api_is_pulled_by_docker(
    cloud: LocalCloud, shop: Client, name: str, refusal: Any
) -> None:
    ecr, content = cloud.client("ecr"), b"0123456789"
    upload = {"repositoryName": name}
    upload["uploadId"] = ecr.initiate_layer_upload(**upload)["uploadId"]
    sent = [
        ecr.upload_layer_part(
            **upload,
            partFirstByte=first,
            partLastByte=last,
            layerPartBlob=content[first : last + 1],
        )["lastByteReceived"]
        for first, last in ((0, 3), (4, 9))
    ]
    completed = ecr.complete_layer_upload(**upload, layerDigests=[digest_of(content)])

    assert (sent, completed["layerDigest"]) == ([3, 9], digest_of(content))
    assert shop.call("GET", f"blobs/{digest_of(content)}").body == content
    assert refusal(ecr.complete_layer_upload, **upload, layerDigests=[digest_of(content)])[0] == (
        "UploadNotFoundException"
    )


def test_parts_of_a_layer_come_in_order_and_whole(
    cloud: LocalCloud, shop: Client, name: str, refusal: Any
) -> None:
    ecr = cloud.client("ecr")
    upload = {"repositoryName": name}
    upload["uploadId"] = ecr.initiate_layer_upload(**upload)["uploadId"]
    part = {**upload, "layerPartBlob": b"0123"}

    assert refusal(ecr.complete_layer_upload, **upload, layerDigests=[digest_of(b"")])[0] == (
        "EmptyUploadException"
    )
    for first, last in ((4, 7), (0, 9)):
        code, _ = refusal(ecr.upload_layer_part, **part, partFirstByte=first, partLastByte=last)
        assert code == "InvalidLayerPartException"
    ecr.upload_layer_part(**part, partFirstByte=0, partLastByte=3)
    assert refusal(ecr.complete_layer_upload, **upload, layerDigests=[digest_of(b"x")])[0] == (
        "InvalidLayerException"
    )


def test_layers_that_are_there_need_not_be_uploaded(
    cloud: LocalCloud, shop: Client, name: str
) -> None:
    there, absent = shop.push_blob(b"there"), digest_of(b"absent")
    answer = cloud.client("ecr").batch_check_layer_availability(
        repositoryName=name, layerDigests=[there, absent, "sha256:1"]
    )

    assert answer["layers"] == [
        {
            "layerDigest": there,
            "layerAvailability": "AVAILABLE",
            "layerSize": 5,
            "mediaType": "application/vnd.docker.image.rootfs.diff.tar.gzip",
        },
        {"layerDigest": absent, "layerAvailability": "UNAVAILABLE"},
    ]
    assert [each["failureCode"] for each in answer["failures"]] == ["InvalidLayerDigest"]


def test_a_layer_has_an_address_that_is_good_for_it_alone(
    cloud: LocalCloud, shop: Client, name: str, refusal: Any
) -> None:
    ecr = cloud.client("ecr")
    digest, other = shop.push_blob(b"layer"), shop.push_blob(b"other")
    url = ecr.get_download_url_for_layer(repositoryName=name, layerDigest=digest)["downloadUrl"]
    with urllib.request.urlopen(url) as answer:
        assert answer.read() == b"layer"

    for wrong in (url.replace(digest, other), url.replace("until=", "until=9")):
        with pytest.raises(urllib.error.HTTPError, match="401"):
            urllib.request.urlopen(wrong)
    assert refusal(
        ecr.get_download_url_for_layer, repositoryName=name, layerDigest=digest_of(b"absent")
    )[0] == ("LayersNotFoundException")
