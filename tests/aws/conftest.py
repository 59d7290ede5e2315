"""An AWS in this process for the gateways of services that moto answers well."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from moto import mock_aws

from herogate.aws.session import Session


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    for name in ("AWS_PROFILE", "AWS_REGION", "AWS_ENDPOINT_URL", "AWS_CONFIG_FILE"):
        monkeypatch.delenv(name, raising=False)
    with mock_aws():
        yield Session(region="us-east-1")
