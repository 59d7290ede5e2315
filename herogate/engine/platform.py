"""The library's front door: one attribute per noun.

What a noun is made of is imported when it is first asked for: a command pays for what it uses.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

from herogate.aws.session import Session

if TYPE_CHECKING:
    from herogate.engine.apps import Apps
    from herogate.engine.buildpacks import Buildpacks
    from herogate.engine.builds import Builds
    from herogate.engine.clock import Sleep
    from herogate.engine.config_vars import ConfigVars
    from herogate.engine.containers import Containers
    from herogate.engine.deploys import Deploys
    from herogate.engine.domains import Domains
    from herogate.engine.formations import Formations
    from herogate.engine.logs import Logs
    from herogate.engine.maintenance import Maintenance
    from herogate.engine.one_offs import OneOffs
    from herogate.engine.processes import Processes
    from herogate.engine.releases import Releases
    from herogate.engine.repositories import Repositories
    from herogate.engine.restarts import Restarts
    from herogate.engine.rollouts import Rollouts
    from herogate.engine.schedules import Schedules
    from herogate.engine.site import Sites
    from herogate.engine.spaces import Spaces
    from herogate.engine.templates import Templates
    from herogate.engine.turnovers import Turnovers
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
        for_one_command: whether it goes when a command ends: where an app is, it asks once then.
        stack_ids: of the stacks of apps, by app, for who may ask for these alone, and only by id.
        sleep: waits for that many seconds between two looks at AWS.
    """

    def __init__(
        self,
        *,
        profile: str | None = None,
        region: str | None = None,
        for_one_command: bool = False,
        stack_ids: Mapping[str, str] = MappingProxyType({}),
        sleep: Sleep = time.sleep,
    ) -> None:
        self._session = Session(profile=profile, region=region)
        self._for_one_command = for_one_command
        self._stack_ids = stack_ids
        self._sleep = sleep

    @property
    def region(self) -> str:
        """The AWS region in force. Raises `NoRegion`."""
        return self._session.region

    @cached_property
    def spaces(self) -> Spaces:
        """The spaces of the region."""
        from herogate.engine.spaces import Spaces

        return Spaces(self._session, sleep=self._sleep)

    @cached_property
    def apps(self) -> Apps:
        """The apps of the region."""
        from herogate.engine.apps import Apps

        return Apps(self._session, self.spaces, self._sites, sleep=self._sleep)

    @cached_property
    def builds(self) -> Builds:
        """The attempts at making images of what was pushed."""
        from herogate.engine.builds import Builds

        return Builds(self._session, sleep=self._sleep)

    @cached_property
    def logs(self) -> Logs:
        """What the apps' processes, builds and releases write."""
        from herogate.engine.logs import Logs

        return Logs(self._session, self._sites, self.releases, self.processes, sleep=self._sleep)

    @cached_property
    def releases(self) -> Releases:
        """The releases of the apps."""
        from herogate.engine.releases import Releases

        return Releases(self._session, self._sites)

    @cached_property
    def rollouts(self) -> Rollouts:
        """Changes of the apps under way."""
        from herogate.engine.rollouts import Rollouts

        return Rollouts(self._session, self._sites, sleep=self._sleep)

    @cached_property
    def processes(self) -> Processes:
        """What runs of the apps."""
        from herogate.engine.processes import Processes

        return Processes(self._session, self._sites)

    @cached_property
    def one_offs(self) -> OneOffs:
        """Commands run once in the newest releases of the apps."""
        from herogate.engine.one_offs import OneOffs

        return OneOffs(self._session, self._sites, sleep=self._sleep)

    @cached_property
    def schedules(self) -> Schedules:
        """Commands run again and again in what is live of the apps."""
        from herogate.engine.schedules import Schedules

        return Schedules(self._session, self._sites, self.rollouts)

    @cached_property
    def config_vars(self) -> ConfigVars:
        """What the apps' processes find in their environment."""
        from herogate.engine.config_vars import ConfigVars

        return ConfigVars(self._session, self._sites, self.rollouts, sleep=self._sleep)

    @cached_property
    def formations(self) -> Formations:
        """How many processes of each type the apps run, and of what size."""
        from herogate.engine.formations import Formations

        return Formations(self._session, self._sites, self.rollouts, sleep=self._sleep)

    @cached_property
    def restarts(self) -> Restarts:
        """Processes replaced, and stopped."""
        from herogate.engine.restarts import Restarts

        return Restarts(
            self._session, self._sites, self.processes, self.rollouts, sleep=self._sleep
        )

    @cached_property
    def turnovers(self) -> Turnovers:
        """Processes that come to run the newest releases."""
        from herogate.engine.turnovers import Turnovers

        return Turnovers(self.processes, self.rollouts, sleep=self._sleep)

    @cached_property
    def domains(self) -> Domains:
        """Hosts of somebody's own under which the apps are reached."""
        from herogate.engine.domains import Domains

        return Domains(self._session, self._sites, sleep=self._sleep)

    @cached_property
    def buildpacks(self) -> Buildpacks:
        """What builds the apps in place of a Dockerfile."""
        from herogate.engine.buildpacks import Buildpacks

        return Buildpacks(self._session)

    @cached_property
    def containers(self) -> Containers:
        """Images that were built elsewhere."""
        from herogate.engine.containers import Containers

        return Containers(self._session, self._sites, self.rollouts)

    @cached_property
    def maintenance(self) -> Maintenance:
        """The page in front of the apps."""
        from herogate.engine.maintenance import Maintenance

        return Maintenance(self._session, self._sites)

    @cached_property
    def deploys(self) -> Deploys:
        """Pushed commits on their way."""
        from herogate.engine.deploys import Deploys

        return Deploys(self._session, self.releases.released_commit, sleep=self._sleep)

    @cached_property
    def repositories(self) -> Repositories:
        """The git repositories of the apps."""
        from herogate.engine.repositories import Repositories

        return Repositories(self._session)

    @cached_property
    def templates(self) -> Templates:
        """What AWS was asked for, as templates that people can keep."""
        from herogate.engine.templates import Templates

        return Templates(self._session, self._sites)

    @cached_property
    def _sites(self) -> Sites:
        from herogate.engine.site import Sites

        return Sites(
            self._session, for_one_command=self._for_one_command, stack_ids=self._stack_ids
        )

    def identity(self) -> Identity:
        """Who calls."""
        from herogate.aws.sts import identity

        return identity(self._session)
