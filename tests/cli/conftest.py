"""`herogate` run by a user of whom nothing is known: an empty HOME, an empty folder, no AWS setting."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from command_line import SCRIPTS, Herogate, Said, run_herogate
from local_cloud import LocalCloud
from shops import Shop, shop as make_shop


@pytest.fixture
def herogate(tmp_path: Path) -> Herogate:
    work = tmp_path / "work"
    work.mkdir()
    environment = {
        "HOME": str(tmp_path),
        "PATH": f"{SCRIPTS}:{os.environ['PATH']}",
        "LC_ALL": "C.UTF-8",
        "AWS_EC2_METADATA_DISABLED": "true",
        "GIT_CEILING_DIRECTORIES": str(tmp_path),
    }

    def run(*arguments: str, **more: str) -> Said:
        return run_herogate(*arguments, folder=work, environment={**environment, **more})

    return run


@pytest.fixture(scope="package")
def shop(cloud: LocalCloud, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """An app that is live; who changes it changes it back."""
    with make_shop(cloud, tmp_path_factory.mktemp("home")) as made:
        yield made
