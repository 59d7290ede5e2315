"""ECR's repositories as declarations: addresses in this cloud, tokens, tag rules, refusals."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from local_cloud import LocalCloud
from registries import client_of, unique

CACHE_ONLY = [{"filterType": "WILDCARD", "filter": "cache*"}]


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


def test_a_repository_with_images_is_deleted_by_force_only(cloud: LocalCloud, refusal: Any) -> None:
    ecr, name = cloud.client("ecr"), unique("full")
    digest = client_of(cloud, name).push_image([b"layer"], "v1")

    assert refusal(ecr.delete_repository, repositoryName=name) == (
        "RepositoryNotEmptyException",
        f"The repository with name '{name}' in registry with id '123456789012' cannot be deleted "
        "because it still contains images",
    )
    ecr.delete_repository(repositoryName=name, force=True)
    again = client_of(cloud, name)
    assert ecr.describe_images(repositoryName=name)["imageDetails"] == []
    assert again.call("GET", f"manifests/{digest}").code == (404, "MANIFEST_UNKNOWN")


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
