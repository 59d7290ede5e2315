"""The sample apps in the docs are built as they stand."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from builds import Machine

SAMPLES = Path(__file__).parents[2] / "docs" / "samples"


@pytest.mark.parametrize(("sample", "types"), [("node", {"web"}), ("python", {"web", "worker"})])
def test_a_sample_is_built(at: Machine, sample: str, types: set[str]) -> None:
    if sample == "node" and shutil.which("node") is None:
        pytest.skip("this machine has no node")
    shutil.copytree(SAMPLES / sample, at.source, dirs_exist_ok=True)
    build = at.build()
    assert build.status == 0, build.lines
    assert set(build.document["process_types"]) == types
