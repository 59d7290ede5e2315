"""The roster of targets: who is registered, where each really answers, and how each is.

What is registered lies in the store; where targets answer and how they are is known only while the
cloud runs. Which checks are made and what follows from them is the router's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from herogate.local.planes.elb.health import DRAINING, REGISTERED, Health
from herogate.local.planes.elb.table import HealthCheck, Target, TargetGroup, TargetState
from herogate.local.planes.elb.targets import Registration, Registrations
from herogate.local.planes.elb.whereabouts import Whereabouts
from herogate.local.store import Store


class Roster:
    """The targets of all target groups.

    Args:
        moved: called when it has become known where an address answers, or that it does not.
    """

    def __init__(self, store: Store, moved: Callable[[], None]) -> None:
        self.registrations = Registrations(store)
        self.whereabouts = Whereabouts(moved)
        self._found: dict[tuple[str, str], Health] = {}

    def targets(self, group_arn: str, check: HealthCheck | None) -> Iterator[Target]:
        """A group's targets as the router is to reach them."""
        for registration in self.registrations.registered(group_arn):
            health = self.health(group_arn, registration)
            yield self._target(registration, check, health.state)
        for registration in self.registrations.draining(group_arn):
            yield self._target(registration, check, TargetState.DRAINING)

    def health(self, group_arn: str, registration: Registration) -> Health:
        """How a target is, as far as it is known; draining ones are on their way out."""
        if registration in self.registrations.draining(group_arn):
            return DRAINING
        return self._found.get((group_arn, registration.name), REGISTERED)

    def note(self, report: Mapping[str, Any]) -> None:
        """Take over what the router found out about a target."""
        self._found[report["group"], report["target"]] = Health(
            state=TargetState(report["state"]),
            reason=report["reason"],
            description=report["description"],
        )

    def forget(self, group: TargetGroup) -> None:
        """Forget the health of who is no longer a target of the group."""
        names = {
            target.label for target in group.targets if target.state is not TargetState.DRAINING
        }
        for known in [key for key in self._found if key[0] == group.arn and key[1] not in names]:
            del self._found[known]

    def _target(
        self, registration: Registration, check: HealthCheck | None, state: TargetState
    ) -> Target:
        port = registration.port
        place = self.whereabouts.of(registration.id, port)
        asked = self.whereabouts.of(registration.id, (check and check.port) or port)
        return Target(
            address=place.address if place else "",
            port=place.port if place else port,
            name=registration.name,
            check_port=asked.port if asked else None,
            state=state,
        )
