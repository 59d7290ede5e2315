"""Builds of an app that was never pushed to, and of none."""

from __future__ import annotations

import pytest

from herogate import NotFound, Platform


def test_an_app_never_pushed_to_has_no_builds(platform: Platform) -> None:
    platform.apps.create("unbuilt").wait()
    assert platform.builds.all("unbuilt") == []
    for number in (None, 7):
        with pytest.raises(NotFound, match="unbuilt has no builds yet"):
            platform.builds.info("unbuilt", number)


def test_no_app_has_no_builds(platform: Platform) -> None:
    with pytest.raises(NotFound, match="Couldn't find that app"):
        platform.builds.all("nobodys-app")
