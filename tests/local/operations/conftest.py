"""What the tests of operations share: roles that services trust, and refusals as values."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from load_balancing import Network, network
from local_cloud import LocalCloud
from roles import make_role

Refusal = Callable[..., tuple[str, str]]
RoleOf = Callable[..., str]


@pytest.fixture(scope="session")
def refusal() -> Refusal:
    """Call an operation that must be refused; the error's code and message."""

    def refused(operation: Callable[..., Any], **parameters: Any) -> tuple[str, str]:
        with pytest.raises(ClientError) as caught:
            operation(**parameters)
        error = caught.value.response["Error"]
        return error["Code"], error["Message"]

    return refused


@pytest.fixture(scope="session")
def role_of(cloud: LocalCloud) -> RoleOf:
    """Make a role that a principal (``{"Service": …}``) may assume; its ARN."""
    iam = cloud.client("iam")

    def make(name: str, principal: Any, **statement: Any) -> str:
        allowed = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
        document = {"Version": "2012-10-17", "Statement": [{**allowed, **statement}]}
        return make_role(iam, name, json.dumps(document))

    return make


@pytest.fixture(scope="session")
def unchecked() -> Config:
    """A client's configuration that leaves every check of parameters to the cloud."""
    return Config(parameter_validation=False)


@pytest.fixture(scope="module")
def elbv2(cloud: LocalCloud) -> Any:
    """A client for load balancing."""
    return cloud.client("elbv2")


@pytest.fixture(scope="module")
def where(cloud: LocalCloud) -> Network:
    """A network for a module's load balancers."""
    return network(cloud.client)
