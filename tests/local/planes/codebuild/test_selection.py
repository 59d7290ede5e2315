"""Which files a buildspec's patterns choose."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from herogate.local.planes.codebuild.buildspec import Files
from herogate.local.planes.codebuild.failures import PhaseFailure
from herogate.local.planes.codebuild.selection import base_directory, choose

TREE = ("a.txt", ".hidden", "sub/b.txt", "sub/deep/c.txt", "sub/deep/ü d.log", "[x]/e.txt")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for path in TREE:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(path)
    (tmp_path / "empty").mkdir()
    return tmp_path


def paths(tree: Path, *files: str, **further: Any) -> list[str]:
    wanted = Files(files=files, **further)
    return [file.path for file in choose(base_directory(tree, wanted), wanted)]


def test_two_stars_mean_every_file_at_any_depth(tree: Path) -> None:
    assert paths(tree, "**/*") == sorted(TREE)
    assert paths(tree, "**/c.txt") == ["sub/deep/c.txt"]
    assert paths(tree, "sub/**/*") == ["sub/b.txt", "sub/deep/c.txt", "sub/deep/ü d.log"]


def test_one_star_stays_within_a_directory(tree: Path) -> None:
    assert paths(tree, "*") == [".hidden", "a.txt"]
    assert paths(tree, "sub/*") == ["sub/b.txt"]
    assert paths(tree, "?.txt", "./sub/b.txt") == ["a.txt", "sub/b.txt"]
    assert paths(tree, "[xy]/*", "[!y].txt") == ["a.txt"]


def test_paths_are_those_below_the_base_directory(tree: Path) -> None:
    assert paths(tree, "**/*.txt", base_directory="sub") == ["b.txt", "deep/c.txt"]
    assert paths(tree, "*", base_directory="sub/d*") == ["c.txt", "ü d.log"]


def test_excluded_files_are_left_out_and_paths_can_be_discarded(tree: Path) -> None:
    assert paths(tree, "sub/**/*", exclude_paths=("**/*.log",), discard_paths=True) == [
        "b.txt",
        "c.txt",
    ]


def test_links_are_followed_but_never_in_a_circle(tree: Path) -> None:
    (tree / "empty" / "up").symlink_to("..")
    (tree / "linked").symlink_to("sub/deep")
    (tree / "dangling").symlink_to("nowhere")

    assert paths(tree, "linked/*", "empty/**/*") == ["linked/c.txt", "linked/ü d.log"]
    assert paths(tree, "**/*", enable_symlinks=True, exclude_paths=("**/*.*",)) == [
        "dangling",
        "empty/up",
        "linked",
    ]


def test_nothing_to_choose_from_is_a_failure(tree: Path) -> None:
    with pytest.raises(PhaseFailure) as nothing:
        paths(tree, "*.none")
    with pytest.raises(PhaseFailure) as nowhere:
        paths(tree, "*", base_directory="none")

    assert [nothing.value.message, nowhere.value.message] == [
        "no matching artifact paths found",
        "no matching base directory path found for none",
    ]
