"""The pages of the docs, worked through: what they show is what the commands print."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from command_line import SCRIPTS, shell
from leftovers import leftovers
from local_cloud import LocalCloud
from transcripts import read
from typed_pages import ROOT, Shell, blocks, environment

pytestmark = pytest.mark.e2e

REGION = "ap-northeast-2"

HEROKU = """\
#!/bin/sh
case "$1" in
config) cat "$0.env" ;;
ps:scale) echo "web=2:Standard-1X worker=1:Standard-2X" ;;
maintenance:on) echo "Enabling maintenance mode for my-shop... done" >&2 ;;
*) exit 2 ;;
esac
"""
"""Heroku's command, as far as the page about migrating asks it anything."""


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Shell]:
    """Somebody in a checkout, without a local cloud so far; afterwards none runs."""
    checkout = tmp_path / "checkout"
    shutil.copytree(ROOT / "docs/samples", checkout / "docs/samples")
    own = environment(os.environ, home=tmp_path, scripts=SCRIPTS)
    with Shell(checkout, {**own, "HEROGATE_LOCAL_DIR": str(tmp_path / "cloud")}) as typing:
        yield typing
        typing.type("herogate local stop")


@pytest.fixture
def migrating(cloud: LocalCloud, tmp_path: Path) -> Iterator[Shell]:
    """Somebody in the checkout of an app of Heroku's; afterwards nothing is left in the region."""
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "heroku").write_text(HEROKU)
    (programs / "heroku").chmod(0o755)
    (programs / "heroku.env").write_text(config_at_heroku())
    own = shell(cloud, tmp_path, REGION)
    app = tmp_path / "my-shop"
    shutil.copytree(ROOT / "docs/samples/python", app)
    with Shell(app, {**own, "PATH": f"{programs}{os.pathsep}{own['PATH']}"}) as typing:
        for command in ("init -q --initial-branch=main", "add .", "commit -qm 'At Heroku'"):
            typing.type(f"git {command}")
        yield typing
        typing.type("herogate spaces:destroy default --confirm default")
    assert leftovers(cloud, REGION) == []


def config_at_heroku() -> str:
    """What `heroku config --shell` was seen to answer."""
    seen = read((ROOT / "tests/cli/transcripts/heroku.txt").read_text())
    return next(each.out for each in seen if each.command == "heroku config -r heroku -s")


def follow(shell: Shell, page: str, chosen: slice = slice(None)) -> None:
    """Type the commands of a page, or of some of its blocks."""
    texts: Sequence[str] = [block.text for block in blocks(page, "console")]
    assert texts[chosen]
    for text in texts[chosen]:
        shell.follow(text)


def test_the_pages_for_who_has_a_local_cloud_are_true(reader: Shell) -> None:
    *_, the_end = range(len(blocks("docs/tutorial.md", "console")))
    follow(reader, "docs/tutorial.md", slice(the_end))
    follow(reader, "docs/schedules.md")
    follow(reader, "docs/operations.md")
    follow(reader, "docs/tutorial.md", slice(the_end, None))
    follow(reader, "docs/local-cloud.md")
    for block in blocks("docs/local-cloud.md", "python"):
        reader.type(f"python - <<'PYTHON'\n{block.text}PYTHON")


def test_the_page_about_migrating_is_true(migrating: Shell) -> None:
    follow(migrating, "docs/migrating-from-heroku.md")
