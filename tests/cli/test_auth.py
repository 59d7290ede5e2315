"""`auth:whoami`: as whom commands act."""

from __future__ import annotations

import pytest
from command_line import Said
from shops import Shop

pytestmark = pytest.mark.e2e


def test_the_identity_is_that_of_the_profile(shop: Shop) -> None:
    said = Said(out="arn:aws:iam::123456789012:user/developer\n", err="", code=0)
    assert [shop.herogate("auth:whoami"), shop.herogate("whoami")] == [said, said]
