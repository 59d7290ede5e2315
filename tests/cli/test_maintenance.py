"""`maintenance`: a page in front of an app, said as on Heroku."""

from __future__ import annotations

import pytest
from command_line import Said
from shops import NAME, Shop

pytestmark = pytest.mark.e2e


def test_maintenance_is_turned_on_and_off(shop: Shop) -> None:
    assert [
        shop.herogate(*words.split())
        for words in (
            "maintenance",
            "maintenance:on",
            "maintenance",
            "maintenance:off",
            "maintenance",
        )
    ] == [
        Said(out="off\n", err="", code=0),
        Said(out="", err=f"Enabling maintenance mode for {NAME}... done\n", code=0),
        Said(out="on\n", err="", code=0),
        Said(out="", err=f"Disabling maintenance mode for {NAME}... done\n", code=0),
        Said(out="off\n", err="", code=0),
    ]
