"""`ps:options`: how processes are paid, started and stopped, shown and changed."""

# ruff: noqa: RUF001 - the bar of Heroku's errors

from __future__ import annotations

import json

import pytest
from command_line import Said
from shops import NAME, Shop

pytestmark = pytest.mark.e2e

SHOWN = (
    "  type     capacity    grace   stop timeout\n"
    f" {'─' * 43}\n"
    "  web      on demand   60 s    30 s\n"
    "  worker   on demand           30 s\n"
)


def test_options_are_shown_and_changed_by_a_release(shop: Shop) -> None:
    assert shop.herogate("ps:options") == Said(out=SHOWN, err="", code=0)
    before = shop.app.platform.releases.newest(NAME).number
    changed = shop.herogate("ps:options", "worker", "--spot", "--stop-timeout", "45", "--json")
    assert (changed.err, changed.code) == (f"Adjusting worker on {NAME}... done\n", 0)
    (worker,) = json.loads(changed.out)
    assert (worker["type"], worker["spot"], worker["stop_seconds"]) == ("worker", True, 45)
    assert shop.app.platform.releases.newest(NAME).number == before + 1
    back = shop.herogate("ps:options", "worker", "--on-demand", "--stop-timeout", "30")
    assert back.out == "".join(SHOWN.splitlines(keepends=True)[:2]) + SHOWN.splitlines()[3] + "\n"


@pytest.mark.parametrize(
    ("words", "error"),
    [
        ("--spot", "No process type is named."),
        ("clock --spot", "Couldn't find that process type (clock)."),
        ("web --stop-timeout 900", "A process has 2 to 120 seconds to end, not 900."),
    ],
)
def test_what_cannot_be_changed_is_refused(shop: Shop, words: str, error: str) -> None:
    said = shop.herogate("ps:options", *words.split())
    told = [line for line in said.err.splitlines() if "Error: " in line]
    assert (said.out, told, said.code) == ("", [f" ›   Error: {error}"], 2)
