"""What a project's builds leave to each other."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from building import Building

from herogate.local.planes.codebuild.local_cache import LocalCache

COUNT = 'cd "$HOME" && mkdir -p kept other && echo x >> kept/runs && echo x >> other/runs && '
SHOW = "wc -l < kept/runs && wc -l < other/runs"


def spec(*paths: str) -> str:
    document = {"version": 0.2, "phases": {"build": {"commands": [COUNT + SHOW]}}}
    return json.dumps({**document, "cache": {"paths": paths}}, indent=1)


@pytest.mark.parametrize(
    ("cache", "second"),
    [
        ({"type": "LOCAL", "modes": ["LOCAL_CUSTOM_CACHE"]}, ["2", "1"]),
        ({"type": "LOCAL", "modes": ["LOCAL_SOURCE_CACHE"]}, ["1", "1"]),
        ({"type": "NO_CACHE"}, ["1", "1"]),
    ],
)
def test_a_build_finds_what_the_one_before_it_left_where_the_project_has_a_local_cache(
    builds: Building, cache: dict[str, Any], second: list[str]
) -> None:
    name = f"cached-{'-'.join(map(str, cache.get('modes', ['none'])))}".lower()
    project = builds.project(name, spec("/root/kept/**/*"), cache=cache)
    assert builds.said(builds.build(project)) == ["1", "1"]
    assert builds.said(builds.build(project)) == second


@pytest.fixture
def cache(tmp_path: Path) -> LocalCache:
    (tmp_path / "home").mkdir()
    (tmp_path / "source").mkdir()
    return LocalCache(tmp_path / "cache", home=tmp_path / "home", source=tmp_path / "source")


@pytest.mark.parametrize("path", ["/etc/**/*", "/root", "../home/x", "/root/../x", "**/*", ""])
def test_nothing_but_a_directory_of_the_builds_own_is_kept(
    cache: LocalCache, tmp_path: Path, path: str
) -> None:
    (tmp_path / "home" / "x").mkdir()
    cache.keep([path])
    assert not (tmp_path / "cache").exists()


def test_directories_move_out_of_a_build_and_into_the_next(
    cache: LocalCache, tmp_path: Path
) -> None:
    for place in (tmp_path / "home" / "a" / "b", tmp_path / "source" / "c"):
        place.mkdir(parents=True)
        (place / "file").write_text("kept")
    paths = ["/root/a/b/**/*", "c/*"]
    cache.keep(paths)
    assert [*(tmp_path / "source").iterdir(), *(tmp_path / "home" / "a").iterdir()] == []
    cache.restore(paths)
    assert (tmp_path / "home" / "a" / "b" / "file").read_text() == "kept"
    assert (tmp_path / "source" / "c" / "file").read_text() == "kept"


def test_what_another_build_has_left_is_replaced_whole_and_never_deleted_where_it_lies(
    cache: LocalCache, tmp_path: Path
) -> None:
    for text in ("older", "newer"):
        (tmp_path / "home" / "a").mkdir()
        (tmp_path / "home" / "a" / "file").write_text(text)
        cache.keep(["/root/a"])
    (older,) = (tmp_path / "home").iterdir()  # goes with the build's directory
    cache.restore(["/root/a"])
    assert (older / "file").read_text() == "older"
    assert (tmp_path / "home" / "a" / "file").read_text() == "newer"


def test_a_link_that_a_build_has_put_in_a_directorys_place_is_not_followed(
    cache: LocalCache, tmp_path: Path
) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "home" / "a").symlink_to(tmp_path / "elsewhere")
    cache.keep(["/root/a/**/*"])
    assert (tmp_path / "elsewhere").is_dir()
    assert not (tmp_path / "cache").exists()
