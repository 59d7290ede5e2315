"""`herogate` run by a user of whom nothing is known: an empty HOME, an empty folder, no AWS setting."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from command_line import SCRIPTS, Herogate, Said, run_herogate


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
