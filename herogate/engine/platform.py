"""The library's front door: one attribute per noun."""

from __future__ import annotations

import time
from functools import cached_property

from herogate.aws.session import Session
from herogate.aws.sts import identity
from herogate.engine.apps import Apps
from herogate.engine.following import Sleep
from herogate.engine.spaces import Spaces
from herogate.models import Identity


class Platform:
    """Herogate in one AWS account and region.

    ::

        platform = Platform(region="eu-west-1")
        app = platform.apps.create("my-shop").wait()
        print(app.web_url)

    Args:
        profile: a profile of the AWS configuration files; None for the one in force.
        region: an AWS region; None for the one in force.
        sleep: waits for that many seconds between two looks at AWS.
    """

    def __init__(
        self, *, profile: str | None = None, region: str | None = None, sleep: Sleep = time.sleep
    ) -> None:
        self._session = Session(profile=profile, region=region)
        self._sleep = sleep

    @property
    def region(self) -> str:
        """The AWS region in force. Raises `NoRegion`."""
        return self._session.region

    @cached_property
    def spaces(self) -> Spaces:
        """The spaces of the region."""
        return Spaces(self._session, sleep=self._sleep)

    @cached_property
    def apps(self) -> Apps:
        """The apps of the region."""
        return Apps(self._session, self.spaces, sleep=self._sleep)

    def identity(self) -> Identity:
        """Who calls."""
        return identity(self._session)
