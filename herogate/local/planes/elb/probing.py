"""Asking targets for their health, inside the router, as often as their groups say.

What the answers mean is decided in ``health.py``. A new target that does not listen yet is asked again
much sooner than AWS would: its failure counts once per interval all the same.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from herogate.local.planes.elb import health, http1, tls
from herogate.local.planes.elb.health import Finding, Health
from herogate.local.planes.elb.table import (
    HealthCheck,
    Protocol,
    Target,
    TargetGroup,
    TargetState,
)

_EAGER_SECONDS = 0.2
"""How soon a target that has never answered is asked again."""


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A target of a group, and how it is to be asked."""

    group: str
    target: Target
    check: HealthCheck

    @property
    def identity(self) -> tuple[object, ...]:
        """What makes it the same subject though more has become known of it."""
        target = self.target
        return (
            self.group,
            target.label,
            target.address,
            target.port,
            target.check_port,
            self.check,
        )


Told = Callable[[Subject, Health], None]


class Probes:
    """A watch on each target; `changed` hears of every change of a target's health."""

    def __init__(self, changed: Told) -> None:
        self._changed = changed
        self._watches: dict[tuple[object, ...], asyncio.Task[None]] = {}

    def follow(self, groups: Iterable[TargetGroup]) -> None:
        """Watch the targets of these groups, and no others."""
        wanted = {subject.identity: subject for group in groups for subject in subjects(group)}
        for gone in self._watches.keys() - wanted.keys():
            self._watches.pop(gone).cancel()
        for new in wanted.keys() - self._watches.keys():
            self._watches[new] = asyncio.create_task(self._watch(wanted[new]))

    async def _watch(self, subject: Subject) -> None:
        check, known = subject.check, _known(subject.target)
        clock = asyncio.get_running_loop().time
        counted_at = -float(check.interval_seconds)
        while True:
            finding = await probe(subject.target, check)
            may_count = clock() - counted_at >= check.interval_seconds
            if finding.is_good or may_count or known.state is not TargetState.INITIAL:
                counted_at = clock()
                before, known = known, health.after(known, finding, check)
                if known != before:
                    self._changed(subject, known)
            await asyncio.sleep(_pause(known, check))


def subjects(group: TargetGroup) -> list[Subject]:
    """Whom to ask in a group: all that are not on their way out."""
    if group.health_check is None:
        return []
    return [
        Subject(group=group.arn, target=target, check=group.health_check)
        for target in group.targets
        if target.state is not TargetState.DRAINING
    ]


async def probe(target: Target, check: HealthCheck) -> Finding:
    """Ask a target once, on a connection of its own."""
    if not target.address:
        return health.TOO_LATE
    try:
        async with asyncio.timeout(check.timeout_seconds):
            return health.judge(await _status(target, check), check)
    except TimeoutError:
        return health.TOO_LATE
    except (OSError, http1.MessageError):
        return health.NO_ANSWER


async def _status(target: Target, check: HealthCheck) -> int:
    port = target.check_port or target.port
    security = tls.client_context() if check.protocol is Protocol.HTTPS else None
    reader, writer = await asyncio.open_connection(
        target.address, port, limit=http1.HEAD_LIMIT, ssl=security
    )
    try:
        host = target.name.rpartition(":")[0] or target.address
        headers = [
            ("Host", f"{host}:{port}"),
            ("Connection", "close"),
            ("User-Agent", "ELB-HealthChecker/2.0"),
            ("Accept-Encoding", "gzip, compressed"),
        ]
        writer.write(http1.head(f"GET {check.path} HTTP/1.1", headers))
        while True:
            response = await http1.read_response(reader, method="GET")
            if response.status >= 200:
                return response.status
    finally:
        writer.close()


def _known(target: Target) -> Health:
    if target.state is TargetState.INITIAL:
        return health.REGISTERED
    return Health(state=target.state)


def _pause(known: Health, check: HealthCheck) -> float:
    if known.state is TargetState.INITIAL:
        return min(_EAGER_SECONDS, check.interval_seconds)
    return check.interval_seconds * random.uniform(0.95, 1)  # noqa: S311 - so that they spread
