"""Herogate as a library, on the session's local cloud."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from leftovers import leftovers
from local_cloud import LocalCloud

from herogate import Platform


@pytest.fixture
def aws(cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch) -> LocalCloud:
    """The cloud, which this process's AWS settings lead to."""
    for name, value in cloud.environment.items():
        monkeypatch.setenv(name, value)
    return cloud


@pytest.fixture
def platform(aws: LocalCloud) -> Iterator[Platform]:
    """A region of the tests' own, with a space in it; afterwards nothing may be left."""
    platform = Platform(region="eu-west-1")
    platform.spaces.create().wait()
    yield platform
    for app in platform.apps.all():
        platform.apps.destroy(app.name).wait()
    platform.spaces.destroy("default").wait()
    assert leftovers(aws, platform.region) == []
