"""`ps:wait`: until every process runs the newest release."""

# ruff: noqa: RUF001 - the bar of Heroku's errors

from __future__ import annotations

import re

import pytest
from command_line import Said
from released_apps import command
from shops import NAME, Shop

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize("flags", ["", "-t web -w 2", "--with-run"])
def test_it_ends_when_every_process_runs_the_newest_release(shop: Shop, flags: str) -> None:
    newest = shop.app.platform.releases.newest(NAME).version
    assert shop.herogate("ps:wait", *flags.split()) == Said(
        out="", err=f"Waiting for every process to be running {newest}... 1 / 1, done\n", code=0
    )


def test_a_release_that_fails_is_its_error(shop: Shop) -> None:
    live = shop.app.platform.releases.newest(NAME)
    failing = shop.app.declare(web=command("serve", "hello"), release="exit 3")
    said = shop.herogate("ps:wait")
    assert shop.herogate("rollback", live.version).code == 0
    told = re.sub(r"release\.[0-9a-f]{8}", "release.ID", said.err)
    assert (said.out, told, said.code) == (
        "",
        f"Waiting for every process to be running {failing.version}... !\n"
        f" ›   Error: {failing.version} could not go live: release.ID exited with code 3\n"
        " ›\n"
        " ›   What was live before still is.\n",
        1,
    )


@pytest.mark.parametrize(
    ("flags", "error"),
    [
        ("-t clock", f"No clock processes on {NAME}"),
        ("-w 0", "Invalid value for '-w' / '--wait-interval': 0 is not in the range"),
        ("-t web -R", "Wait for one process type, or for one-off processes too."),
    ],
)
def test_what_cannot_be_waited_for_is_refused(shop: Shop, flags: str, error: str) -> None:
    said = shop.herogate("ps:wait", *flags.split())
    talked = [line for line in said.err.splitlines() if "Error: " in line]
    assert (said.out, said.code, talked) == ("", 2, [f" ›   Error: {error}"])
