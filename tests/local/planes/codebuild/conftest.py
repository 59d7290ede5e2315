"""What the tests of builds share."""

from __future__ import annotations

import pytest
from building import Building, building
from local_cloud import LocalCloud


@pytest.fixture(scope="session")
def builds(cloud: LocalCloud) -> Building:
    """CodeBuild on the session's cloud."""
    return building(cloud, "codebuild-plane")
