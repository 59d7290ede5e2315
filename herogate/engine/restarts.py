"""Restarts: processes replaced by others of the same release, and processes stopped.

Web processes are replaced by a rollout, new ones before old ones: a process that the load balancer knows
is never just stopped, which would fail requests for seconds. One that it does not know is, and ECS
starts another in its place.
"""

from __future__ import annotations

from collections.abc import Iterable

from herogate.aws.ecs import Crews
from herogate.aws.ecs_tasks import Instances
from herogate.aws.session import Session
from herogate.engine import process_names
from herogate.engine.clock import Sleep
from herogate.engine.process_types import WEB
from herogate.engine.processes import Processes
from herogate.engine.release_ledger import ReleaseLedger
from herogate.engine.rollouts import Rollouts
from herogate.engine.site import Site, Sites
from herogate.errors import InvalidRequest, NotFound
from herogate.models import Process
from stacks import names

_DELAY_SECONDS = 0.5


class Restarts:
    """The restarts of the processes of a region's apps."""

    def __init__(
        self,
        session: Session,
        sites: Sites,
        processes: Processes,
        rollouts: Rollouts,
        *,
        sleep: Sleep,
    ) -> None:
        self._session = session
        self._sites = sites
        self._processes = processes
        self._rollouts = rollouts
        self._sleep = sleep

    def all(self, app: str) -> None:
        """Replace every process of an app. Raises `InvalidRequest` if it never had one."""
        site = self._sites.of(app)
        self._replace(site, self._types(site))

    def of_type(self, app: str, process_type: str) -> None:
        """Replace every process of a type. Raises `NotFound`."""
        site = self._sites.of(app)
        types = self._types(site)
        if process_type not in types:
            raise NotFound(
                f"Couldn't find that process type ({process_type}).",
                f"Process types of {app}: {', '.join(types)}.",
            )
        self._replace(site, [process_type])

    def of_process(self, app: str, name: str) -> Process:
        """Replace one process; of a web process, all with it. Raises `NotFound`.

        Returns:
            the process that goes.
        """
        process = self._processes.named(app, name)
        site = self._sites.of(app)
        if process.type not in self._types(site):
            raise InvalidRequest(
                f"{process.name} is a one-off process, which nothing starts again.",
                f"`herogate ps:stop {process.name} -a {app}` stops it.",
            )
        if process.type == WEB:
            self._replace(site, [WEB])
        else:
            self._stop(site, process)
        return process

    def stop(self, app: str, name: str) -> Process:
        """Stop a one-off process; one of a formation is replaced, as on Heroku. Raises `NotFound`."""
        process = self._processes.named(app, name)
        site = self._sites.of(app)
        if process.type in self._types(site):
            return self.of_process(app, process.name)
        self._stop(site, process)
        return process

    def _types(self, site: Site) -> list[str]:
        """The process types that there are to be restarted."""
        current = self._sites.ledger_of(site).current()
        types = [] if current is None else sorted(current.release.formation)
        if not types:
            raise InvalidRequest(
                f"{site.app} has no processes: nothing was released yet.", "`git push` releases."
            )
        return types

    def _replace(self, site: Site, types: Iterable[str]) -> None:
        """Begin rollouts of what runs, unless a release that is under way replaces it anyway.

        Under the lease: a rollout in the middle of a release's would look like the end of that.
        """
        ledger = self._sites.ledger_of(site)
        while (lease := ledger.lease()) is None:
            if self._is_under_way(ledger):
                return
            self._sleep(_DELAY_SECONDS)
        try:
            is_idle = not self._is_under_way(ledger)
            if is_idle:
                crews = Crews(self._session, site.cluster)
                for name in types:
                    lease.hold()
                    crews.restart(names.service(site.app, name))
        finally:
            lease.give_back()
        newest = ledger.newest()
        if not is_idle and newest is not None:
            self._rollouts.begin(site.app, newest.release.number)

    def _is_under_way(self, ledger: ReleaseLedger) -> bool:
        newest = ledger.newest()
        return newest is not None and not newest.release.status.is_settled

    def _stop(self, site: Site, process: Process) -> None:
        instances = Instances(self._session, site.cluster)
        family = names.task_family(site.app, process.type)
        for instance in instances.of_family(family):
            if process_names.name(instance) == process.name:
                instances.stop(instance.arn)
