"""`ps:wait`: until every process runs the newest release."""

# ruff: noqa: RUF001 - the bar of Heroku's errors

from __future__ import annotations

import pytest
from command_line import Said
from shops import NAME, Shop

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize("flags", ["", "-t web -w 2", "--with-run"])
def test_it_ends_when_every_process_runs_the_newest_release(shop: Shop, flags: str) -> None:
    newest = shop.app.platform.releases.newest(NAME).version
    assert shop.herogate("ps:wait", *flags.split()) == Said(
        out="", err=f"Waiting for every process to be running {newest}... 1 / 1, done\n", code=0
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
