"""Files of strangers: a plain one of the repository is read, and anything else refused in a line."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from herogate.engine import pushed_file
from herogate.errors import BuildFailed


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """What was pushed, beside things that were not."""
    (tmp_path / "source").mkdir()
    (tmp_path / "secret").write_text("secret: of another\n")
    return tmp_path / "source"


def test_a_file_is_read_be_it_through_a_link_inside_of_the_repository(source: Path) -> None:
    (source / "config").mkdir()
    (source / "config" / "Procfile").write_text("\ufeffweb: a\n", encoding="utf-8")
    (source / "Procfile").symlink_to("config/Procfile")
    assert pushed_file.text(source, "Procfile") == "web: a\n"
    assert pushed_file.text(source, "app.json") is None


@pytest.mark.parametrize(
    "target", ["/etc/passwd", "../secret", "/dev/zero", "Procfile", ".", "nowhere", "../../.."]
)
def test_a_link_that_leads_elsewhere_is_not_followed(source: Path, target: str) -> None:
    (source / "Procfile").symlink_to(target)
    assert refusal(source) == "The Procfile is no file of the repository."


@pytest.mark.parametrize("kind", ["directory", "pipe"])
def test_what_is_no_file_is_not_read(source: Path, kind: str) -> None:
    if kind == "pipe":
        os.mkfifo(source / "Procfile")
    else:
        (source / "Procfile").mkdir()
    assert refusal(source) == "The Procfile is no file of the repository."


def test_a_huge_file_is_refused_before_it_is_read(source: Path) -> None:
    with (source / "Procfile").open("wb") as file:
        file.truncate(1 << 40)
    assert refusal(source) == "The Procfile is larger than 65536 bytes."


def test_what_is_no_text_is_refused(source: Path) -> None:
    (source / "Procfile").write_bytes(b"web: \xff\xfe\n")
    assert refusal(source).startswith("The Procfile cannot be read: 'utf-8' codec can't decode")


def refusal(source: Path) -> str:
    with pytest.raises(BuildFailed) as refused:
        pushed_file.text(source, "Procfile", called="The Procfile")
    return refused.value.message
