"""`apps:update`: what AWS would change is shown, and made only with consent."""

# ruff: noqa: RUF001 - the bar of Heroku's errors

from __future__ import annotations

import pytest
from shops import NAME, Shop

pytestmark = pytest.mark.e2e


def test_what_changes_resources_is_asked_for_or_said_yes_to(shop: Shop) -> None:
    for name in ("", "a..b"):
        refused = shop.herogate("apps:update", "--git-branch", name, "--dry-run")
        assert refused.err == f" ›   Error: {name!r} cannot be the name of a branch.\n"
        assert (refused.out, refused.code) == ("", 2)
    asked = shop.herogate("apps:update", "--health-check-path", "/up")
    assert asked.code == 1
    assert "Nobody can be asked here; say yes with --yes." in asked.err
    done = shop.herogate("apps:update", "--health-check-path", "/up", "--yes")
    assert (done.err, done.code) == (f"Updating {NAME}... done\n", 0)
    assert "TargetGroup" in done.out
    again = shop.herogate("apps:update", "--health-check-path", "/up", "--dry-run")
    assert again.out == f"=== herogate-app--{NAME}: 0 changes\n\nNo resource would change.\n"
    assert shop.herogate("apps:update", "--health-check-path", "/", "--yes").code == 0
