"""Archives: what is packed comes out as it was, and nothing else does."""

from __future__ import annotations

import os
import stat
import zipfile
from pathlib import Path

import pytest

from herogate.local.planes.codebuild.artifacts import Chosen, pack, unpack
from herogate.local.planes.codebuild.failures import PhaseFailure


def contents(directory: Path) -> dict[str, tuple[str, bytes]]:
    """Every file below a directory: its mode or ``link``, and its content."""
    found = {}
    for path in sorted(directory.rglob("*")):
        name = path.relative_to(directory).as_posix()
        if path.is_symlink():
            found[name] = ("link", os.fsencode(path.readlink()))
        elif path.is_file():
            found[name] = (oct(path.stat().st_mode & 0o777), path.read_bytes())
    return found


def packed(directory: Path, archive: Path, *, enable_symlinks: bool) -> None:
    paths = [path for path in sorted(directory.rglob("*")) if path.is_symlink() or path.is_file()]
    files = [Chosen(source=path, path=path.relative_to(directory).as_posix()) for path in paths]
    pack(archive, files, enable_symlinks=enable_symlinks)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    tree = tmp_path / "tree"
    (tree / "bin").mkdir(parents=True)
    (tree / "bin" / "run").write_text("#!/bin/sh\n")
    (tree / "bin" / "run").chmod(0o755)
    (tree / "Grüße an alle.txt").write_text("ü")
    (tree / "Grüße an alle.txt").chmod(0o640)
    (tree / "current").symlink_to("bin/run")
    (tree / "old").write_bytes(bytes(range(256)) * 100)
    os.utime(tree / "old", (0, 0))  # before the first year that a zip knows
    return tree


def test_modes_links_and_names_survive(tmp_path: Path, tree: Path) -> None:
    packed(tree, tmp_path / "zip", enable_symlinks=True)
    unpack(tmp_path / "zip", tmp_path / "out")

    assert contents(tmp_path / "out") == contents(tree)


def test_a_link_is_what_it_leads_to_unless_links_are_asked_for(tmp_path: Path, tree: Path) -> None:
    (tree / "dangling").symlink_to("nowhere")
    packed(tree, tmp_path / "zip", enable_symlinks=False)
    unpack(tmp_path / "zip", tmp_path / "out")

    (tree / "dangling").unlink()
    run = contents(tree)["bin/run"]
    assert contents(tmp_path / "out") == {**contents(tree), "current": run}


def entry(name: str, mode: int = 0o644) -> zipfile.ZipInfo:
    made = zipfile.ZipInfo(name)
    made.create_system = 3
    made.external_attr = mode << 16
    return made


LINK = stat.S_IFLNK | 0o777
HOSTILE: dict[str, list[tuple[zipfile.ZipInfo, str]]] = {
    "above": [(entry("../out.txt"), "x")],
    "absolute": [(entry("/tmp/out.txt"), "x")],
    "hidden above": [(entry("a/../../out.txt"), "x")],
    "link away": [(entry("a", LINK), "/etc/passwd")],
    "link above": [(entry("a/b", LINK), "../../zip")],
    "link through a link": [(entry("a", LINK), "."), (entry("a/b", LINK), "x")],
    "long link": [(entry("a", LINK), "x" * 5000)],
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_an_archive_that_reaches_out_of_itself_is_refused(tmp_path: Path, kind: str) -> None:
    with zipfile.ZipFile(tmp_path / "zip", "w") as archive:
        for made, content in HOSTILE[kind]:
            archive.writestr(made, content)
    (tmp_path / "out").mkdir()

    with pytest.raises(PhaseFailure):
        unpack(tmp_path / "zip", tmp_path / "out")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "zip"]


def test_what_is_no_archive_is_refused(tmp_path: Path) -> None:
    (tmp_path / "zip").write_text("no")

    with pytest.raises(PhaseFailure) as caught:
        unpack(tmp_path / "zip", tmp_path / "out")
    assert caught.value.message == ("the source archive cannot be unpacked: File is not a zip file")
