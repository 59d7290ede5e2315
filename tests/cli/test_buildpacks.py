"""`buildpacks`: what builds an app in place of a Dockerfile."""

from __future__ import annotations

import pytest
from command_line import Said
from shops import NAME, Shop

pytestmark = pytest.mark.e2e

NEXT = f"Buildpack set. Next release on {NAME} will use heroku/nodejs.\n"
RUN = "Run git push herogate to create a new release using this buildpack.\n"


def test_buildpacks_are_set_listed_and_cleared(shop: Shop) -> None:
    assert [
        shop.herogate(*words.split())
        for words in (
            "buildpacks",
            "buildpacks:set heroku/nodejs heroku/python",
            "buildpacks",
            "buildpacks --json",
            "buildpacks:clear",
            "buildpacks",
        )
    ] == [
        said(f"{NAME} has no Buildpacks.\n"),
        said(NEXT + RUN),
        said(f"=== {NAME} Buildpacks\n\n1. heroku/nodejs\n2. heroku/python\n"),
        said('[\n  "heroku/nodejs",\n  "heroku/python"\n]\n'),
        said(f"Buildpacks cleared. Next release on {NAME} will detect them.\n"),
        said(f"{NAME} has no Buildpacks.\n"),
    ]


def said(out: str) -> Said:
    return Said(out=out, err="", code=0)
