"""`git:clone` and `git:remote`: an app's repository, here."""

# ruff: noqa: RUF001 - the bar of Heroku's errors

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from command_line import Said, run_herogate
from shops import NAME, REGION, Shop

pytestmark = pytest.mark.e2e


def test_an_apps_repository_is_cloned_with_its_remote(shop: Shop, tmp_path: Path) -> None:
    said = run_herogate(
        "git:clone",
        "-a",
        NAME,
        "src",
        "-r",
        "staging",
        folder=tmp_path,
        environment=shop.environment,
    )
    assert said.code == 0, said.err
    assert said.err.startswith("Cloning into 'src'...\n")
    remotes = subprocess.run(
        ["git", "remote", "-v"], cwd=tmp_path / "src", capture_output=True, text=True
    )
    url = f"herogate://herogate-local@{REGION}/{NAME}"
    assert remotes.stdout == f"staging\t{url} (fetch)\nstaging\t{url} (push)\n"


def test_a_remote_is_set_and_said(shop: Shop) -> None:
    said = shop.herogate("git:remote", "-a", NAME, "-r", "other")
    url = f"herogate://herogate-local@{REGION}/{NAME}"
    assert said == Said(out=f"set git remote other to {url}\n", err="", code=0)
    subprocess.run(["git", "remote", "remove", "other"], cwd=shop.folder, check=True)


def test_a_clone_needs_an_app_and_room(shop: Shop, tmp_path: Path) -> None:
    assert run_herogate("git:clone", folder=tmp_path, environment=shop.environment) == Said(
        out="",
        err=" ›   Error: No app specified.\n ›\n ›   Name one with --app or HEROGATE_APP.\n",
        code=2,
    )
    (tmp_path / NAME).mkdir()
    (tmp_path / NAME / "file").touch()
    said = run_herogate("git:clone", "-a", NAME, folder=tmp_path, environment=shop.environment)
    assert (said.out, said.code) == ("", 1)
    assert f"git could not clone herogate://herogate-local@{REGION}/{NAME}." in said.err
