"""A cluster for each module of tests."""

from __future__ import annotations

import pytest
from local_cloud import LocalCloud
from services_at_work import Place, place


@pytest.fixture(scope="module")
def site(cloud: LocalCloud) -> Place:
    """A cluster, a network, and the app's image."""
    return place(cloud, "ecs")
