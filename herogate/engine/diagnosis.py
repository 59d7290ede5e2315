"""Why processes did not come up, in one short text: what died, how, and its last words.

What ECS, the load balancer and the log say is gathered by `Diagnosis`; how it is told is pure.
"""

from __future__ import annotations

from collections.abc import Sequence

from herogate.aws.ecs import Crew
from herogate.aws.ecs_tasks import Instance, Instances
from herogate.aws.elbv2 import LoadBalancing, TargetHealth
from herogate.aws.logs import Logs
from herogate.aws.session import Session
from herogate.engine.clock import Sleep
from herogate.engine.process_names import log_stream, name
from herogate.engine.process_types import WEB
from herogate.engine.rollout_plan import BOOT_LIMIT
from herogate.engine.site import Site

LINES = 10
"""Of a dead process's log that are shown."""

_OF_COURSE = ("Essential container in task exited", "Scaling activity initiated by")
"""How reasons begin that say no more than that a process has ended, or was to."""

_LOG_LOOKS = 4  # the log of a process that has just died may come a little later


class Diagnosis:
    """The examination of one app's processes."""

    def __init__(self, session: Session, site: Site, *, sleep: Sleep) -> None:
        self._instances = Instances(session, site.cluster)
        self._load_balancing = LoadBalancing(session)
        self._logs = Logs(session)
        self._site = site
        self._sleep = sleep

    def of_crew(
        self, crew: Crew, process_type: str, definition: str, *, overdue: bool, asked: str = ""
    ) -> str:
        """Why the processes of a crew that were to run a definition did not come up.

        Args:
            asked: what the load balancer asks them for, and where.
        """
        victim = self._victim(crew, definition)
        if victim is None:
            reason = f"ECS {crew.trouble}" if crew.trouble else ""
            if overdue:
                return too_slow(process_type, reason)
            rollout = crew.newest
            return no_process(process_type, reason or (rollout.reason if rollout else ""))
        health = list(self._health(process_type))
        return "\n".join([verdict(victim, health, asked), *self.last_lines(victim)])

    def last_lines(self, instance: Instance) -> list[str]:
        """The last lines that a process wrote, if it wrote any."""
        stream = log_stream(instance)
        for _ in range(_LOG_LOOKS):
            found = self._logs.latest(self._site.log_group, LINES, streams=stream)
            if found.events:
                return [event.message.rstrip("\n") for event in found.events]
            self._sleep(0.5)
        return []

    def _victim(self, crew: Crew, definition: str) -> Instance | None:
        """A process to look at: one that died of itself, else one stopped, else one that runs."""
        stopped = _of(definition, self._instances.of_crew(crew.name, stopped=True))
        dead = [instance for instance in stopped if instance.has_failed]
        for some in (dead, stopped, _of(definition, self._instances.of_crew(crew.name))):
            if some:
                return some[0]
        return None

    def _health(self, process_type: str) -> Sequence[TargetHealth]:
        if process_type != WEB:
            return ()
        return list(self._load_balancing.health(self._site.target_group_arn))


def verdict(instance: Instance, health: Sequence[TargetHealth], asked: str = "") -> str:
    """How a process ended or, if it still runs, what is wrong with it."""
    if instance.has_failed and instance.exit_code is not None:
        return f"{name(instance)} exited with code {instance.exit_code}{because(instance)}"
    if instance.has_failed:
        return f"{name(instance)} could not start: {instance.reason}"
    ill = [each.reason for each in health if each.is_failing and each.address == instance.address]
    reason = ill[0] if ill else instance.reason
    wanted = f", asked for {asked}" if asked else ""
    return f"{name(instance)} ran but was not found healthy{wanted}{_told(reason)}"


def because(instance: Instance) -> str:
    """``: <reason>`` of a process's end; empty where the reason says no more than that it has ended."""
    return _told("" if instance.reason.startswith(_OF_COURSE) else instance.reason)


def too_slow(process_type: str, reason: str) -> str:
    """What is said of processes that had not even started when the time was over."""
    return f"No {process_type} process was up after {BOOT_LIMIT.seconds} seconds{_told(reason)}"


def no_process(process_type: str, reason: str) -> str:
    """What is said when there is no process to look at any more."""
    return f"The rollout of {process_type} failed{_told(reason)}"


def _told(reason: str) -> str:
    return f": {reason}" if reason else ""


def _of(definition: str, instances: Sequence[Instance]) -> list[Instance]:
    return [instance for instance in instances if instance.definition == definition]
