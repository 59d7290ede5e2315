"""A repository for each test of the registry."""

from __future__ import annotations

import pytest
from local_cloud import LocalCloud
from registries import Client, client_of, unique


@pytest.fixture
def shop(cloud: LocalCloud) -> Client:
    """A client of a repository of its own."""
    return client_of(cloud, unique("shop/web"))
