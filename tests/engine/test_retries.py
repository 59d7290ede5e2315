"""Which release can be tried again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from herogate.engine import retries
from herogate.errors import InvalidRequest
from herogate.models import Architecture, Release, ReleaseStatus, Slug

SLUG = Slug(
    image_digest=f"sha256:{'0' * 64}",
    architecture=Architecture.ARM64,
    process_types={"web": "serve", "release": "migrate"},
)
NEWEST = Release(
    number=7,
    description="Deploy 1a2b3c4d",
    user="ada",
    created_at=datetime(2026, 11, 22, tzinfo=UTC),
    status=ReleaseStatus.FAILED,
    slug=SLUG,
)


@pytest.mark.parametrize("status", [ReleaseStatus.FAILED, ReleaseStatus.SUCCEEDED])
def test_the_newest_can_whatever_became_of_it(status: ReleaseStatus) -> None:
    newest = replace(NEWEST, status=status)
    assert retries.target("shop", newest) == newest


@pytest.mark.parametrize(
    ("newest", "message"),
    [
        (None, "shop has no release to retry."),
        (replace(NEWEST, slug=None), "shop has no release to retry."),
        (replace(NEWEST, status=ReleaseStatus.PENDING), "v7 of shop is still under way."),
        (
            replace(NEWEST, slug=replace(SLUG, process_types={"web": "serve"})),
            "shop has no release command to retry.",
        ),
    ],
)
def test_what_has_nothing_to_try_again_is_refused(newest: Release | None, message: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        retries.target("shop", newest)
    assert refused.value.message == message
