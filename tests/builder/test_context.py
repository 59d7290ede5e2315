"""How large what docker is given is, without what .dockerignore leaves out."""

from __future__ import annotations

from pathlib import Path

import pytest

from herogate.builder import context
from herogate.builder.context import Context


@pytest.mark.parametrize(
    ("ignore", "left_out"),
    [
        ("", ""),
        ("# a comment\n\n*.log", "a.log"),
        ("**/*.log", "a.log b/a.log"),
        ("b", "b/a.log b/c/d"),
        ("/b/c/", "b/c/d"),
        ("*", "a.log b/a.log b/c/d e"),
        ("*\n!b/c", "a.log b/a.log e"),
        ("*\n!b\nb/a.log", "a.log b/a.log e"),
        ("**/d\n!**/d", ""),
        ("?.log", "a.log"),
        ("[a-c].log", "a.log"),
        ("[", ""),
        ("b/../e", "e"),
        (".", ""),
        ("a\\.log", "a.log"),
    ],
)
def test_patterns_leave_out_what_docker_leaves_out(
    tmp_path: Path, ignore: str, left_out: str
) -> None:
    names = ["a.log", "b/a.log", "b/c/d", "e"]
    patterns = context.patterns(ignore)
    assert [name for name in names if context.is_ignored(name, patterns)] == left_out.split()


def test_the_context_is_measured_with_its_largest_parts_first(tmp_path: Path) -> None:
    for name, size in {"a": 10, "data/x": 300, "data/y": 40, "out/z": 5000, "b": 20}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x" * size)
    (tmp_path / "elsewhere").symlink_to("/usr")
    (tmp_path / ".dockerignore").write_text("out\n.dockerignore\n")
    assert context.measured(tmp_path, "Dockerfile") == Context(
        size_bytes=370, largest=(("data", 340), ("b", 20), ("a", 10))
    )


def test_a_dockerfiles_own_ignore_file_goes_before_the_common_one(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("12345")
    (tmp_path / ".dockerignore").write_text("a")
    (tmp_path / "web.dockerignore").write_text("*ignore")
    assert context.measured(tmp_path, "web") == Context(size_bytes=5, largest=(("a", 5),))


def test_two_gigabytes_are_worth_a_word_and_half_of_one_is_not(tmp_path: Path) -> None:
    with (tmp_path / "dump").open("wb") as file:
        file.truncate(2_100_000_000)  # a hole: it takes no room
    assert context.measured(tmp_path, "Dockerfile").complaint == (
        "The build context has 2.1 GB (largest: dump 2.1 GB)."
    )
    assert Context(size_bytes=499_999_999).complaint is None
