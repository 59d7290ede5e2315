"""`ps:scale`: what is shown can be fed back, and what makes no sense does nothing."""

# ruff: noqa: RUF001 - the bar of Heroku's errors

from __future__ import annotations

import pytest
from command_line import Said
from shops import Shop

pytestmark = pytest.mark.e2e

BARE = "web=1:Standard-1X worker=0:Standard-1X\n"


def test_what_is_shown_can_be_fed_back(shop: Shop) -> None:
    assert shop.herogate("ps:scale") == Said(out=BARE, err="", code=0)
    assert shop.herogate("scale", *BARE.split()) == Said(
        out="",
        err="Scaling processes... done, now running web at 1:Standard-1X, "
        "worker at 0:Standard-1X\n",
        code=0,
    )


@pytest.mark.parametrize("words", ["web:3", "web=2 worker:1", "web=1 web=2"])
def test_what_makes_no_sense_does_nothing(shop: Shop, words: str) -> None:
    said = shop.herogate("dyno:scale", *words.split())
    assert (said.out, said.code) == ("", 2)
    assert said.err.startswith(" ›   Error: ")
    assert shop.herogate("ps:scale").out == BARE
