"""What of a repository is built: a directory of its own, and no other, whatever its manifest names."""

from __future__ import annotations

from pathlib import Path

import pytest

from herogate.engine import app_source
from herogate.engine.app_manifest import AppManifest
from herogate.errors import BuildFailed


@pytest.mark.parametrize("name", ["api", "linked", "."])
def test_a_directory_of_the_repository_is_built(tmp_path: Path, name: str) -> None:
    (tmp_path / "api").mkdir()
    (tmp_path / "linked").symlink_to("api")
    assert app_source.directory(tmp_path, AppManifest(directory=name)) == tmp_path / name


@pytest.mark.parametrize("name", ["out", "circle", "circle/api", "file", "absent"])
def test_what_is_no_directory_of_the_repository_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "out").symlink_to("/etc")
    (tmp_path / "circle").symlink_to("circle")
    (tmp_path / "file").touch()
    with pytest.raises(BuildFailed) as refused:
        app_source.directory(tmp_path, AppManifest(directory=name))
    assert refused.value.message == f"The repository has no directory {name} to build in."
