"""Herogate as a library, on the session's local cloud."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from local_cloud import LocalCloud
from regions import region_with_a_space, signed_in

from herogate import Platform
from herogate.aws.dynamodb import Table
from herogate.aws.session import Session


@pytest.fixture(scope="module")
def aws(cloud: LocalCloud) -> Iterator[LocalCloud]:
    """The cloud, which this process's AWS settings lead to."""
    with signed_in(cloud):
        yield cloud


@pytest.fixture(scope="module")
def region(aws: LocalCloud) -> Iterator[Platform]:
    """A region of the tests' own."""
    with region_with_a_space(aws, "eu-west-1") as platform:
        yield platform


@pytest.fixture
def platform(region: Platform) -> Iterator[Platform]:
    """The region without any app, before a test and after it."""
    yield region
    for app in region.apps.all():
        region.apps.destroy(app.name).wait()


@pytest.fixture
def table(aws: LocalCloud) -> Iterator[Table]:
    """A ledger's table of the test's own."""
    name = f"ledger-{uuid4()}"
    client = aws.client("dynamodb")
    client.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "S"},
        ],
        KeySchema=[
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
    )
    yield Table(Session(region=aws.region), name)
    client.delete_table(TableName=name)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, with no git settings of the user's about."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    monkeypatch.delenv("GIT_DIR", raising=False)
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder
