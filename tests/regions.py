"""Regions of tests' own: each with a space in it, and with nothing left of it afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from leftovers import leftovers
from local_cloud import LocalCloud
from waiting import wait_for

from herogate import Platform


@contextmanager
def signed_in(cloud: LocalCloud) -> Iterator[None]:
    """A time in which this process's AWS settings lead to a cloud."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in cloud.environment.items():
            patch.setenv(name, value)
        yield


@contextmanager
def region_with_a_space(cloud: LocalCloud, name: str, **options: Any) -> Iterator[Platform]:
    """A region and its space. Whatever goes wrong with what is made there, the next who comes finds none
    of it: else one failure would show as another one's."""
    platform = Platform(region=name)
    try:
        with signed_in(cloud):
            platform.spaces.create(**options).wait()
        yield platform
    finally:
        with signed_in(cloud):
            for app in platform.apps.all():
                platform.apps.destroy(app.name).wait()
            for space in platform.spaces.all():
                platform.spaces.destroy(space.name).wait()
    wait_for(lambda: leftovers(cloud, name), lambda left: left == [])
