"""The remotes that git's settings tell of, with the real git."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from herogate.engine.git_remotes import GitRemotes, read
from herogate.errors import GitFailed

SHOP = "herogate://us-east-1/my-shop"


def git(*arguments: str) -> None:
    subprocess.run(["git", *arguments], check=True, capture_output=True)


@pytest.fixture
def repository(folder: Path) -> Path:
    git("init", "--quiet")
    return folder


def test_outside_of_a_repository_and_without_git_there_are_none(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert read() == GitRemotes()
    monkeypatch.setenv("PATH", str(folder))
    assert read() == GitRemotes()


def test_a_remote_has_its_first_url_and_any_name(repository: Path) -> None:
    git("remote", "add", "herogate", SHOP)
    git("remote", "set-url", "--add", "herogate", "https://example.com/mirror.git")
    git("remote", "add", "team/v1.0", f"{SHOP}-two")
    git("config", "remote.pushDefault", "herogate")
    assert read() == GitRemotes(urls={"herogate": SHOP, "team/v1.0": f"{SHOP}-two"})


def test_the_remote_chosen_is_the_one_that_git_would_take(repository: Path, tmp_path: Path) -> None:
    git("config", "--global", "herogate.remote", "production")
    assert read().chosen == "production"
    git("config", "herogate.remote", "staging")
    assert read().chosen == "staging"
    git("config", "herogate.remote", "")
    assert read().chosen is None


def test_a_repository_is_found_from_a_folder_inside(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git("remote", "add", "herogate", SHOP)
    inside = repository / "src" / "deep"
    inside.mkdir(parents=True)
    monkeypatch.chdir(inside)
    assert read().urls == {"herogate": SHOP}


def test_settings_that_git_cannot_read_are_an_error_in_its_words(repository: Path) -> None:
    (repository / ".git" / "config").write_text("[remote\n")
    with pytest.raises(GitFailed, match=r"cannot be read: fatal: bad config line 1 in file"):
        read()
