"""What the tests of codepipelines share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from codepipelines import Codepipeline
from local_cloud import LocalCloud

Make = Callable[[str], Codepipeline]


@pytest.fixture
def codepipeline(cloud: LocalCloud, tmp_path: Path) -> Make:
    """A codepipeline of the test's own on the session's cloud, under a name that nobody else has."""

    def make(name: str) -> Codepipeline:
        return Codepipeline(cloud=cloud, name=name, directory=tmp_path)

    return make
