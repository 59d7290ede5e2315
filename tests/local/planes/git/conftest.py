"""Repositories of the session's cloud, and what EventBridge heard of them."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from git_work import Work, with_password
from local_cloud import LocalCloud

Heard = Callable[[int], list[dict[str, Any]]]


@pytest.fixture(scope="session")
def pusher(cloud: LocalCloud) -> dict[str, Any]:
    """A service-specific credential of the user Ada: quicker than signing each time."""
    iam = cloud.client("iam")
    iam.create_user(UserName="ada")
    made = iam.create_service_specific_credential(
        UserName="ada", ServiceName="codecommit.amazonaws.com"
    )
    return dict(made["ServiceSpecificCredential"])


@pytest.fixture
def work(
    tmp_path: Path, cloud: LocalCloud, pusher: dict[str, Any], repository: dict[str, Any]
) -> Work:
    """A repository of Ada's with a commit, whose origin is CodeCommit's."""
    made = with_password(
        tmp_path / "work", cloud, pusher["ServiceUserName"], pusher["ServicePassword"]
    )
    made.done("remote", "add", "origin", repository["cloneUrlHttp"])
    made.commit("index.html", "v1")
    return made


@pytest.fixture
def repository(cloud: LocalCloud) -> Iterator[dict[str, Any]]:
    """A new repository, as CodeCommit describes it."""
    codecommit, name = cloud.client("codecommit"), f"git-{uuid.uuid4().hex[:8]}"
    yield codecommit.create_repository(repositoryName=name)["repositoryMetadata"]
    codecommit.delete_repository(repositoryName=name)


@pytest.fixture
def heard(cloud: LocalCloud, repository: dict[str, Any]) -> Heard:
    """The next so many events about the repository, in the order of the references' names."""
    return _listen(cloud, repository)


@pytest.fixture
def listen() -> Callable[[LocalCloud, dict[str, Any]], Heard]:
    """Have a queue of a cloud hear of a repository; what it takes out of the queue."""
    return _listen


def _listen(cloud: LocalCloud, repository: dict[str, Any]) -> Heard:
    sqs, events = cloud.client("sqs"), cloud.client("events")
    name = repository["repositoryName"]
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    pattern = {"source": ["aws.codecommit"], "resources": [repository["Arn"]]}
    events.put_rule(Name=name, EventPattern=json.dumps(pattern))
    events.put_targets(Rule=name, Targets=[{"Id": "queue", "Arn": arn["QueueArn"]}])

    def take(count: int) -> list[dict[str, Any]]:
        taken: list[dict[str, Any]] = []
        while len(taken) < count:
            answer = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=10, MaxNumberOfMessages=10)
            assert answer.get("Messages"), f"{len(taken)} of {count} events came"
            for message in answer["Messages"]:
                taken.append(json.loads(message["Body"]))
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return sorted(taken, key=lambda event: str(event["detail"]["referenceFullName"]))

    return take
