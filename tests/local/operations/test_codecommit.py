"""CodeCommit's repositories as declarations."""

from __future__ import annotations

import re
from typing import Any

import pytest
from botocore.config import Config
from local_cloud import LocalCloud

ACCOUNT = "123456789012"


def test_a_repository_is_created_shown_and_deleted(cloud: LocalCloud, refusal: Any) -> None:
    codecommit = cloud.client("codecommit")
    created = codecommit.create_repository(
        repositoryName="shop", repositoryDescription="A shop", tags={"team": "blue"}
    )["repositoryMetadata"]

    assert codecommit.get_repository(repositoryName="shop")["repositoryMetadata"] == created
    assert re.fullmatch(r"[0-9a-f-]{36}", created.pop("repositoryId"))
    assert created.pop("creationDate") == created.pop("lastModifiedDate")
    assert created == {
        "accountId": ACCOUNT,
        "repositoryName": "shop",
        "repositoryDescription": "A shop",
        "cloneUrlHttp": f"{cloud.endpoint_url}/v1/repos/shop",
        "cloneUrlSsh": "ssh://git-codecommit.us-east-1.amazonaws.com/v1/repos/shop",
        "Arn": f"arn:aws:codecommit:us-east-1:{ACCOUNT}:shop",
    }
    assert "repositoryId" in codecommit.delete_repository(repositoryName="shop")
    assert "repositoryId" not in codecommit.delete_repository(repositoryName="shop")
    assert refusal(codecommit.get_repository, repositoryName="shop") == (
        "RepositoryDoesNotExistException",
        "shop does not exist",
    )


@pytest.mark.parametrize("name", ["a" * 101, "two words", "shop.git", "a/b", "é"])
def test_a_name_that_no_repository_can_have_is_refused(
    cloud: LocalCloud, refusal: Any, unchecked: Config, name: str
) -> None:
    codecommit = cloud.client("codecommit", config=unchecked)

    code, message = refusal(codecommit.create_repository, repositoryName=name)
    assert code == "InvalidRepositoryNameException"
    assert message.startswith("The repository name is not valid.")


def test_a_taken_name_is_refused(cloud: LocalCloud, refusal: Any) -> None:
    codecommit = cloud.client("codecommit")
    codecommit.create_repository(repositoryName="taken")
    codecommit.create_repository(repositoryName="other")
    expected = ("RepositoryNameExistsException", "Repository named taken already exists")

    assert refusal(codecommit.create_repository, repositoryName="taken") == expected
    assert refusal(codecommit.update_repository_name, oldName="other", newName="taken") == expected


def test_a_renamed_repository_stays_the_same_one(cloud: LocalCloud) -> None:
    codecommit = cloud.client("codecommit")
    before = codecommit.create_repository(repositoryName="before")["repositoryMetadata"]
    codecommit.update_repository_name(oldName="before", newName="after")
    codecommit.update_repository_description(repositoryName="after", repositoryDescription="New")

    answer = codecommit.batch_get_repositories(repositoryNames=["before", "after"])
    assert answer["repositoriesNotFound"] == ["before"]
    assert answer["repositories"][0]["repositoryId"] == before["repositoryId"]
    assert answer["repositories"][0]["repositoryDescription"] == "New"
    assert answer["repositories"][0]["lastModifiedDate"] > before["lastModifiedDate"]


def test_repositories_are_listed_by_region(cloud: LocalCloud) -> None:
    codecommit = cloud.client("codecommit", region_name="eu-west-3")
    for name in ("b", "a"):
        codecommit.create_repository(repositoryName=name)

    listed = codecommit.list_repositories(sortBy="repositoryName", order="descending")
    assert [repository["repositoryName"] for repository in listed["repositories"]] == ["b", "a"]


def test_tags_come_and_go(cloud: LocalCloud, refusal: Any) -> None:
    codecommit = cloud.client("codecommit")
    created = codecommit.create_repository(repositoryName="tagged", tags={"a": "1", "b": "2"})
    arn = created["repositoryMetadata"]["Arn"]
    codecommit.tag_resource(resourceArn=arn, tags={"b": "3", "c": "4"})
    codecommit.untag_resource(resourceArn=arn, tagKeys=["a"])

    assert codecommit.list_tags_for_resource(resourceArn=arn)["tags"] == {"b": "3", "c": "4"}
    assert refusal(codecommit.list_tags_for_resource, resourceArn="arn:aws:codecommit:tagged") == (
        "InvalidResourceArnException",
        "The value for the resource ARN is not valid.",
    )


def test_an_empty_repository_has_no_branch(cloud: LocalCloud, refusal: Any) -> None:
    codecommit = cloud.client("codecommit")
    codecommit.create_repository(repositoryName="empty")

    assert codecommit.list_branches(repositoryName="empty")["branches"] == []
    assert refusal(codecommit.get_branch, repositoryName="empty", branchName="main") == (
        "BranchDoesNotExistException",
        "Branch main does not exist",
    )
