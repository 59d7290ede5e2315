"""`ps:restart` and `ps:stop`: in Heroku's words."""

# ruff: noqa: RUF001 - the bar of Heroku's errors

from __future__ import annotations

import pytest
from command_line import Said
from shops import NAME, Shop

pytestmark = pytest.mark.e2e


def test_a_type_is_restarted(shop: Shop) -> None:
    told = Said(out="", err=f"Restarting all worker processes on {NAME}... done\n", code=0)
    assert shop.herogate("ps:restart", "--process-type", "worker") == told


def test_a_process_named_without_a_flag_is_understood_as_on_heroku(shop: Shop) -> None:
    said = shop.herogate("restart", "worker.1")
    assert said == Said(
        out="",
        err=" ›   Warning: PROCESS is a deprecated argument. Use --process-name or\n"
        " ›   --process-type instead.\n"
        f"Restarting process worker.1 on {NAME}... !\n"
        " ›   Error: Couldn't find that process.\n"
        " ›\n"
        f" ›   {NAME} runs no worker.1. `herogate ps -a {NAME}` lists what runs.\n",
        code=2,
    )


def test_nothing_to_stop_is_refused(shop: Shop) -> None:
    assert shop.herogate("ps:stop") == Said(
        out="", err=" ›   Error: Must specify a process or a process type to stop.\n", code=1
    )
