"""ECR's images by API: one store with what docker pushes and pulls."""

from __future__ import annotations

from typing import Any

import pytest
from local_cloud import LocalCloud
from registries import OCI_CONFIG, OCI_IMAGE, Client, client_of, digest_of, image_of, unique


@pytest.fixture
def name() -> str:
    """A repository's name."""
    return unique("images")


@pytest.fixture
def shop(cloud: LocalCloud, name: str) -> Client:
    """Who pushes to the repository."""
    return client_of(cloud, name)


def test_images_are_described_by_what_was_pushed(
    cloud: LocalCloud, shop: Client, name: str
) -> None:
    first = shop.push_image([b"12345", b"678"], "v1", "latest")
    second = shop.push_image([b"1"])
    described = cloud.client("ecr").describe_images(repositoryName=name)["imageDetails"]

    for detail in described:
        detail.pop("imagePushedAt")
    whose = {"registryId": "123456789012", "repositoryName": name}
    kind = {
        "imageManifestMediaType": OCI_IMAGE,
        "artifactMediaType": OCI_CONFIG,
        "imageStatus": "ACTIVE",
    }
    tags = {"imageTags": ["v1", "latest"]}
    assert described == [
        {**whose, **kind, **tags, "imageDigest": first, "imageSizeInBytes": 8},
        {**whose, **kind, "imageDigest": second, "imageSizeInBytes": 1},
    ]


def test_images_are_listed_by_tag_in_pages(cloud: LocalCloud, shop: Client, name: str) -> None:
    tagged = shop.push_image([b"1"], "v1", "v2")
    untagged = shop.push_image([b"2"])
    ecr = cloud.client("ecr")
    pages = ecr.get_paginator("list_images").paginate(
        repositoryName=name, PaginationConfig={"PageSize": 2}
    )

    by_tag = [{"imageDigest": tagged, "imageTag": tag} for tag in ("v1", "v2")]
    assert [page["imageIds"] for page in pages] == [by_tag, [{"imageDigest": untagged}]]
    kept = {
        status: ecr.list_images(repositoryName=name, filter={"tagStatus": status})["imageIds"]
        for status in ("TAGGED", "UNTAGGED")
    }
    assert kept == {"TAGGED": by_tag, "UNTAGGED": [{"imageDigest": untagged}]}


def test_an_image_put_by_api_is_pulled_by_docker(
    cloud: LocalCloud, shop: Client, name: str, refusal: Any
) -> None:
    ecr = cloud.client("ecr")
    layer = {"digest": shop.push_blob(b"layer"), "size": 5}
    manifest = image_of(layer, [layer]).decode()
    digest = digest_of(manifest.encode())
    image = ecr.put_image(repositoryName=name, imageManifest=manifest, imageTag="v1")["image"]

    assert image == {
        "registryId": "123456789012",
        "repositoryName": name,
        "imageId": {"imageDigest": digest, "imageTag": "v1"},
        "imageManifest": manifest,
        "imageManifestMediaType": OCI_IMAGE,
    }
    assert shop.call("GET", "manifests/v1").body == manifest.encode()
    put = {"repositoryName": name, "imageManifest": manifest}
    assert refusal(ecr.put_image, **put, imageTag="v1") == (
        "ImageAlreadyExistsException",
        f"Image with digest '{digest}' and tag 'v1' already exists in the repository with name "
        f"'{name}' in registry with id '123456789012'",
    )
    assert refusal(ecr.put_image, **put, imageDigest=digest_of(b""))[0] == (
        "ImageDigestDoesNotMatchException"
    )
    assert refusal(ecr.put_image, **put, imageTag=".x")[0] == "InvalidParameterException"


def test_an_image_without_its_layers_is_refused(
    cloud: LocalCloud, shop: Client, name: str, refusal: Any
) -> None:
    missing = {"digest": digest_of(b"missing"), "size": 7}
    code, message = refusal(
        cloud.client("ecr").put_image,
        repositoryName=name,
        imageManifest=image_of(missing, []).decode(),
    )
    assert code == "LayersNotFoundException"
    assert missing["digest"] in message


def test_an_immutable_tag_is_not_moved(cloud: LocalCloud, refusal: Any) -> None:
    name = unique("immutable")
    shop = client_of(cloud, name, imageTagMutability="IMMUTABLE")
    shop.push_image([b"old"], "v1")
    new = shop.push_image([b"new"])
    manifest = shop.call("GET", f"manifests/{new}").body.decode()

    assert refusal(
        cloud.client("ecr").put_image, repositoryName=name, imageManifest=manifest, imageTag="v1"
    ) == (
        "ImageTagAlreadyExistsException",
        f"The image tag 'v1' already exists in the '{name}' repository and cannot be overwritten "
        "because the tag is immutable.",
    )


def test_images_are_got_and_those_missing_are_named(
    cloud: LocalCloud, shop: Client, name: str, refusal: Any
) -> None:
    ecr = cloud.client("ecr")
    digest, other = shop.push_image([b"1"], "v1"), shop.push_image([b"2"], "v2")
    absent, wrong = {"imageTag": "absent"}, {"imageDigest": other, "imageTag": "v1"}
    answer = ecr.batch_get_image(
        repositoryName=name, imageIds=[{"imageTag": "v1"}, absent, wrong, {}]
    )

    assert [image["imageId"] for image in answer["images"]] == [
        {"imageDigest": digest, "imageTag": "v1"}
    ]
    assert [(each["imageId"], each["failureCode"]) for each in answer["failures"]] == [
        (absent, "ImageNotFound"),
        (wrong, "ImageTagDoesNotMatchDigest"),
        ({}, "MissingDigestAndTag"),
    ]
    assert refusal(ecr.describe_images, repositoryName=name, imageIds=[absent]) == (
        "ImageNotFoundException",
        "The image with imageId {imageDigest:'null', imageTag:'absent'} does not exist within the "
        f"repository with name '{name}' in the registry with id '123456789012'",
    )


def test_images_are_deleted_by_tag_and_by_digest(
    cloud: LocalCloud, shop: Client, name: str
) -> None:
    ecr = cloud.client("ecr")
    tagged = shop.push_image([b"1"], "v1", "v2")
    untagged = shop.push_image([b"2"])
    absent = {"imageTag": "absent"}
    answer = ecr.batch_delete_image(
        repositoryName=name, imageIds=[{"imageTag": "v1"}, {"imageDigest": untagged}, absent]
    )

    assert answer["imageIds"] == [
        {"imageDigest": tagged, "imageTag": "v1"},
        {"imageDigest": untagged},
    ]
    assert answer["failures"] == [
        {
            "imageId": absent,
            "failureCode": "ImageNotFound",
            "failureReason": "Requested image not found",
        }
    ]
    assert ecr.list_images(repositoryName=name)["imageIds"] == [
        {"imageDigest": tagged, "imageTag": "v2"}
    ]


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("list_images", {}),
        ("describe_images", {}),
        ("put_image", {"imageManifest": "{}"}),
        ("batch_get_image", {"imageIds": [{"imageTag": "v1"}]}),
        ("batch_delete_image", {"imageIds": [{"imageTag": "v1"}]}),
        ("initiate_layer_upload", {}),
    ],
)
def test_a_repository_that_is_not_there_or_anothers_is_refused(
    cloud: LocalCloud, shop: Client, refusal: Any, operation: str, parameters: dict[str, Any]
) -> None:
    call = getattr(cloud.client("ecr"), operation)
    unknown = "The repository with name '{}' does not exist in the registry with id '{}'"
    assert refusal(call, repositoryName="nowhere", **parameters) == (
        "RepositoryNotFoundException",
        unknown.format("nowhere", "123456789012"),
    )
    foreign = {"repositoryName": shop.name, "registryId": "999999999999"}
    assert refusal(call, **foreign, **parameters) == (
        "RepositoryNotFoundException",
        unknown.format(shop.name, "999999999999"),
    )
