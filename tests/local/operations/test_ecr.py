"""ECR's repositories as declarations: addresses in this cloud, tokens, tag rules, refusals."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from local_cloud import LocalCloud

MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json"
CACHE_ONLY = [{"filterType": "WILDCARD", "filter": "cache*"}]


def manifest(content: str) -> str:
    """The manifest of an image with one layer."""
    digest = f"sha256:{hashlib.sha256(content.encode()).hexdigest()}"
    layer = {"digest": digest, "size": 1}
    return json.dumps(
        {"schemaVersion": 2, "mediaType": MANIFEST_TYPE, "config": layer, "layers": [layer]}
    )


def test_a_repository_has_an_address_in_this_cloud(cloud: LocalCloud) -> None:
    ecr = cloud.client("ecr")
    created = ecr.create_repository(
        repositoryName="shop/web",
        imageTagMutability="IMMUTABLE_WITH_EXCLUSION",
        imageTagMutabilityExclusionFilters=CACHE_ONLY,
        imageScanningConfiguration={"scanOnPush": True},
        tags=[{"Key": "team", "Value": "blue"}],
    )["repository"]
    host = urlsplit(cloud.endpoint_url).netloc

    assert ecr.describe_repositories(repositoryNames=["shop/web"])["repositories"] == [created]
    created.pop("createdAt")
    assert created == {
        "repositoryArn": "arn:aws:ecr:us-east-1:123456789012:repository/shop/web",
        "registryId": "123456789012",
        "repositoryName": "shop/web",
        "repositoryUri": f"{host}/us-east-1/shop/web",
        "imageTagMutability": "IMMUTABLE_WITH_EXCLUSION",
        "imageTagMutabilityExclusionFilters": CACHE_ONLY,
        "imageScanningConfiguration": {"scanOnPush": True},
        "encryptionConfiguration": {"encryptionType": "AES256"},
    }
    tags = ecr.list_tags_for_resource(resourceArn=created["repositoryArn"])["tags"]
    assert tags == [{"Key": "team", "Value": "blue"}]


def test_a_login_token_is_good_for_twelve_hours(cloud: LocalCloud) -> None:
    ecr = cloud.client("ecr")
    first, second = (ecr.get_authorization_token()["authorizationData"][0] for _ in range(2))
    user, _, password = base64.b64decode(first["authorizationToken"]).decode().partition(":")

    assert (user, len(password) >= 32) == ("AWS", True)
    assert first["authorizationToken"] != second["authorizationToken"]
    assert first["proxyEndpoint"] == cloud.endpoint_url
    left = first["expiresAt"] - datetime.now(UTC)
    assert timedelta(hours=11, minutes=59) < left <= timedelta(hours=12)


def test_a_tag_that_is_excluded_from_immutability_may_move(cloud: LocalCloud, refusal: Any) -> None:
    ecr = cloud.client("ecr")
    ecr.create_repository(
        repositoryName="immutable",
        imageTagMutability="IMMUTABLE_WITH_EXCLUSION",
        imageTagMutabilityExclusionFilters=CACHE_ONLY,
    )
    for tag in ("cache", "v1"):
        ecr.put_image(repositoryName="immutable", imageManifest=manifest("old"), imageTag=tag)
    ecr.put_image(repositoryName="immutable", imageManifest=manifest("new"), imageTag="cache")

    assert refusal(
        ecr.put_image, repositoryName="immutable", imageManifest=manifest("new"), imageTag="v1"
    ) == (
        "ImageTagAlreadyExistsException",
        "The image tag 'v1' already exists in the 'immutable' repository and cannot be overwritten "
        "because the tag is immutable.",
    )
    images = ecr.describe_images(repositoryName="immutable")["imageDetails"]
    digests = {
        f"sha256:{hashlib.sha256(manifest(content).encode()).hexdigest()}": tags
        for content, tags in (("old", ["v1"]), ("new", ["cache"]))
    }
    assert {image["imageDigest"]: image["imageTags"] for image in images} == digests


def test_a_repository_with_images_is_deleted_by_force_only(cloud: LocalCloud, refusal: Any) -> None:
    ecr = cloud.client("ecr")
    ecr.create_repository(repositoryName="full")
    ecr.put_image(repositoryName="full", imageManifest=manifest("x"), imageTag="v1")

    assert refusal(ecr.delete_repository, repositoryName="full") == (
        "RepositoryNotEmptyException",
        "The repository with name 'full' in registry with id '123456789012' cannot be deleted "
        "because it still contains images",
    )
    ecr.delete_repository(repositoryName="full", force=True)
    assert (
        refusal(ecr.put_image, repositoryName="full", imageManifest=manifest("x"))[0]
        == "RepositoryNotFoundException"
    )


@pytest.mark.parametrize(
    "name", ["a" * 257, "Upper", "double//slash", "ends_", "-begins", "two words"]
)
def test_a_name_that_no_repository_can_have_is_refused(
    cloud: LocalCloud, refusal: Any, name: str
) -> None:
    code, message = refusal(cloud.client("ecr").create_repository, repositoryName=name)

    assert code == "InvalidParameterException"
    assert message.startswith(
        f"1 validation error detected: Value '{name}' at 'repositoryName' failed to satisfy "
        "constraint: Member must "
    )


def test_policies_are_kept(cloud: LocalCloud, refusal: Any) -> None:
    ecr = cloud.client("ecr")
    ecr.create_repository(repositoryName="policies")
    untagged = {
        "rulePriority": 1,
        "selection": {
            "tagStatus": "untagged",
            "countType": "sinceImagePushed",
            "countUnit": "days",
            "countNumber": 7,
        },
        "action": {"type": "expire"},
    }
    lifecycle = json.dumps({"rules": [untagged]})
    ecr.put_lifecycle_policy(repositoryName="policies", lifecyclePolicyText=lifecycle)
    kept = ecr.get_lifecycle_policy(repositoryName="policies")["lifecyclePolicyText"]

    assert kept == lifecycle
    assert (
        refusal(ecr.set_repository_policy, repositoryName="policies", policyText="{")[0]
        == "InvalidParameterException"
    )


def test_nothing_is_scanned(cloud: LocalCloud, refusal: Any) -> None:
    assert refusal(
        cloud.client("ecr").start_image_scan, repositoryName="x1", imageId={"imageTag": "v1"}
    ) == ("NotImplemented", "The local cloud does not support ecr:StartImageScan (image scans).")
