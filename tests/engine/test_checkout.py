"""The git repository around the working directory, read and written with the real git."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from herogate.engine.checkout import Checkout
from herogate.engine.remote_url import RemoteUrl
from herogate.errors import GitFailed, InvalidRequest

SHOP = "herogate://us-east-1/my-shop"


def git(*arguments: str) -> str:
    return subprocess.run(
        ["git", *arguments], check=True, capture_output=True, text=True
    ).stdout.strip()


@pytest.fixture
def checkout(folder: Path) -> Checkout:
    git("init", "--quiet", "--initial-branch", "trunk")
    found = Checkout.here()
    assert found is not None
    return found


def test_outside_of_a_repository_there_is_no_checkout(folder: Path) -> None:
    assert Checkout.here() is None


def test_without_git_there_is_no_checkout(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert Checkout.here() is None


def test_a_repository_is_found_from_a_folder_inside(
    checkout: Checkout, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = folder / "src" / "deep"
    inside.mkdir(parents=True)
    monkeypatch.chdir(inside)
    found = Checkout.here()
    assert found is not None
    assert found.branch == "trunk"


def test_the_branch_of_a_detached_head_is_main(checkout: Checkout) -> None:
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.com"]
    git(*identity, "commit", "--quiet", "--allow-empty", "--message", "first")
    git("checkout", "--quiet", "--detach")
    assert checkout.branch == "main"


def test_remotes_are_read_as_git_has_them(checkout: Checkout) -> None:
    git("remote", "add", "herogate", SHOP)
    git("remote", "add", "origin", "git@example.com:me/shop.git")
    git("config", "remote.pushDefault", "origin")
    assert checkout.remotes == {"herogate": SHOP, "origin": "git@example.com:me/shop.git"}


def test_setting_a_remote_tells_where_it_pointed_before(checkout: Checkout) -> None:
    told = [checkout.set_remote("herogate", url) for url in (SHOP, SHOP, f"{SHOP}-two")]
    assert told == [None, None, SHOP]
    assert git("remote", "get-url", "herogate") == f"{SHOP}-two"


def test_a_remote_name_that_git_refuses_is_an_error_in_gits_words(checkout: Checkout) -> None:
    with pytest.raises(GitFailed, match=r"^git: fatal: 'x y' is not a valid remote name$"):
        checkout.set_remote("x y", SHOP)


@pytest.mark.parametrize("name", ["", "x y", "x..y", "-/", "x\ny", "x.lock"])
def test_a_remote_name_that_git_would_refuse_is_known_beforehand(
    checkout: Checkout, name: str
) -> None:
    with pytest.raises(InvalidRequest, match="cannot be the name of a git remote"):
        checkout.check_remote(name)


@pytest.mark.parametrize("name", ["herogate", "team/staging", "ünder"])
def test_a_remote_name_that_git_takes_is_taken(checkout: Checkout, name: str) -> None:
    checkout.check_remote(name)
    checkout.set_remote(name, SHOP)
    assert checkout.remotes == {name: SHOP}


def test_of_a_remote_with_several_urls_the_first_counts_as_for_git_fetch(
    checkout: Checkout,
) -> None:
    git("remote", "add", "herogate", SHOP)
    git("remote", "set-url", "--add", "herogate", "https://example.com/mirror.git")
    assert checkout.remotes == {"herogate": SHOP}
    assert git("remote", "get-url", "herogate") == SHOP


def test_where_a_repository_is_required_its_absence_is_told_from_that_of_git(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(GitFailed, match="This is no git repository"):
        Checkout.required()
    monkeypatch.setenv("PATH", str(folder))
    with pytest.raises(GitFailed, match="git is not on PATH"):
        Checkout.required()


def test_an_app_that_is_gone_loses_its_remotes_and_only_those(checkout: Checkout) -> None:
    remotes = {
        "plain": SHOP,
        "mine": "herogate://work@us-east-1/my-shop",
        "somebody": "herogate://other@us-east-1/my-shop",
        "elsewhere": "herogate://eu-west-1/my-shop",
        "another": "herogate://us-east-1/my-shop-two",
        "broken": "herogate://nothing",
        "origin": "git@example.com:me/shop.git",
    }
    for name, url in remotes.items():
        git("remote", "add", name, url)
    checkout.forget(RemoteUrl(app="my-shop", region="us-east-1", profile="work"))
    assert git("remote").split() == ["another", "broken", "elsewhere", "origin", "somebody"]


def test_a_broken_repository_is_an_error_and_no_traceback(checkout: Checkout, folder: Path) -> None:
    (folder / ".git" / "config").write_text("[remote\n")
    with pytest.raises(GitFailed, match="The git repository cannot be read"):
        _ = checkout.remotes
