from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from .conftest import STACK_TAGS, World

EXPIRE = {
    "rules": [
        {
            "rulePriority": 1,
            "selection": {
                "tagStatus": "untagged",
                "countType": "imageCountMoreThan",
                "countNumber": 5,
            },
            "action": {"type": "expire"},
        }
    ]
}
PULL = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
            "Action": "ecr:BatchGetImage",
        }
    ],
}


def test_an_image_repository_lives(world: World) -> None:
    ecr = world.client("ecr")
    repository = world.make(
        "AWS::ECR::Repository",
        RepositoryName="herogate/demo",
        ImageScanningConfiguration={"ScanOnPush": "true"},
        ImageTagMutability="IMMUTABLE_WITH_EXCLUSION",
        ImageTagMutabilityExclusionFilters=[
            {
                "ImageTagMutabilityExclusionFilterType": "WILDCARD",
                "ImageTagMutabilityExclusionFilterValue": "cache*",
            }
        ],
        LifecyclePolicy={"LifecyclePolicyText": json.dumps(EXPIRE)},
        RepositoryPolicyText=PULL,
        EmptyOnDelete=True,
        Tags=[{"Key": "app", "Value": "demo"}],
    )

    def described() -> dict[str, Any]:
        found = ecr.describe_repositories(repositoryNames=["herogate/demo"])
        return dict(found["repositories"][0])

    def tags() -> dict[str, str]:
        found = ecr.list_tags_for_resource(resourceArn=repository.attributes["Arn"])
        return {tag["Key"]: tag["Value"] for tag in found["tags"]}

    found = described()
    place = {"repositoryName": "herogate/demo"}
    assert found["imageScanningConfiguration"] == {"scanOnPush": True}
    assert found["imageTagMutability"] == "IMMUTABLE_WITH_EXCLUSION"
    assert found["imageTagMutabilityExclusionFilters"] == [
        {"filterType": "WILDCARD", "filter": "cache*"}
    ]
    assert json.loads(ecr.get_lifecycle_policy(**place)["lifecyclePolicyText"]) == EXPIRE
    assert json.loads(ecr.get_repository_policy(**place)["policyText"]) == PULL
    assert repository.attributes == {
        "Arn": found["repositoryArn"],
        "RepositoryUri": found["repositoryUri"],
    }
    assert tags() == {**STACK_TAGS, "app": "demo"}

    repository.update(RepositoryName="herogate/demo")
    assert described()["imageScanningConfiguration"] == {"scanOnPush": False}
    assert described()["imageTagMutability"] == "MUTABLE"
    with pytest.raises(ClientError, match="LifecyclePolicyNotFound"):
        ecr.get_lifecycle_policy(**place)
    with pytest.raises(ClientError, match="RepositoryPolicyNotFound"):
        ecr.get_repository_policy(**place)
    assert tags() == STACK_TAGS

    repository.delete()
    assert ecr.describe_repositories()["repositories"] == []
