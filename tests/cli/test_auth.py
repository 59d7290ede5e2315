"""`auth:whoami`: as whom commands act."""

from __future__ import annotations

import pytest
from shops import Shop

pytestmark = pytest.mark.e2e


def test_the_identity_is_that_of_the_profile(shop: Shop) -> None:
    said = shop.herogate("whoami")
    assert said.out.startswith("arn:aws:iam::")
    assert (said.out, said.err, said.code) == (shop.herogate("auth:whoami").out, "", 0)
