"""Image repositories go with their images, and going twice is no error."""

from __future__ import annotations

import boto3

from herogate.aws.ecr import ImageRepositories
from herogate.aws.session import Session


def test_a_repository_goes_once_and_for_all(session: Session) -> None:
    client = boto3.client("ecr", region_name=session.region)
    client.create_repository(repositoryName="herogate/my-shop")
    for _ in range(2):
        ImageRepositories(session).delete("herogate/my-shop")
    assert client.describe_repositories()["repositories"] == []
