"""`releases:rollback`: back to what an earlier release was, by a new one."""

# ruff: noqa: RUF001 - the bar of Heroku's errors

from __future__ import annotations

import pytest
from command_line import Said
from shops import NAME, Shop

pytestmark = pytest.mark.e2e


def test_a_rollback_is_a_release_and_says_how_it_is_undone(shop: Shop) -> None:
    live = shop.app.platform.releases.newest(NAME)
    looked_at = shop.herogate("rollback", live.version, "--dry-run")
    assert looked_at == Said(
        out=f"=== herogate-formation--{NAME}: 0 changes\n\nNo resource would change.\n",
        err="",
        code=0,
    )
    assert shop.app.platform.releases.newest(NAME) == live
    said = shop.herogate("rollback", live.version)
    assert said == Said(
        out="",
        err=f"Rolling back {NAME} to {live.version}... done, v{live.number + 1}\n"
        " ›   Warning: Rollback affects code and config vars; it doesn't add or remove\n"
        " ›   addons.\n"
        f" ›   Warning: To undo, run: herogate rollback {live.version}\n",
        code=0,
    )
    newest = shop.app.platform.releases.newest(NAME)
    assert (newest.description, newest.slug, newest.config) == (
        f"Rollback to {live.version}",
        live.slug,
        live.config,
    )


@pytest.mark.parametrize(
    ("release", "error"),
    [
        ("v999", "Couldn't find that release."),
        ("vx", "Invalid value for 'RELEASE': 'vx' is not the number of a release."),
    ],
)
def test_what_was_no_release_is_refused(shop: Shop, release: str, error: str) -> None:
    said = shop.herogate("releases:rollback", release)
    assert (said.out, said.err.splitlines()[0], said.code) == ("", f" ›   Error: {error}", 2)
