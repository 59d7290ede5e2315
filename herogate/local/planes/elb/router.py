"""The router process: ``python -m herogate.local.planes.elb.router``.

It serves the table it was last told, on this machine's loopback addresses only. Commands come from
the control process as JSON, one a line on standard input; each is answered by one line on standard
output that repeats its ``number``. The end of standard input, however the control process ended,
ends this process at once.

Commands: ``{"do": "serve", "table": …}`` answers ``{"failed": {port: reason}}``;
``{"do": "reserve", "port": …}`` takes a port before its listener is declared and answers
``{"failed": …}`` likewise; ``{"do": "release", "port": …}`` gives such a port back.

Between the answers stand reports, which have no number: ``{"health": …}`` when a target's health has
changed, ``{"idle": …}`` when a draining target has no request left.
"""

from __future__ import annotations

import asyncio
import ctypes
import json
import resource
import signal
import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

from herogate.local.planes.elb import encoding, plan
from herogate.local.planes.elb.health import Health
from herogate.local.planes.elb.in_flight import InFlight
from herogate.local.planes.elb.ports import Port, hold
from herogate.local.planes.elb.probing import Probes, Subject
from herogate.local.planes.elb.serve import Rotation
from herogate.local.planes.elb.table import (
    Forward,
    Listener,
    Table,
    Target,
    TargetGroup,
    TargetState,
)

_PR_SET_PDEATHSIG = 1
_COMMAND_LIMIT = 256 * 1024 * 1024


class Router:
    """The ports held and the table served on them.

    Args:
        report: takes what the control process is to know without having asked.
    """

    def __init__(self, report: Callable[[Mapping[str, Any]], None]) -> None:
        self._report = report
        self._ports: dict[int, Port] = {}
        self._reserved: set[int] = set()
        self._groups: dict[str, TargetGroup] = {}
        self._rotation = Rotation()
        self._probes = Probes(self._found)
        self._in_flight = InFlight(self._left)

    def listener(self, port: int) -> Listener | None:
        """What a port serves at this moment; None when it is being closed."""
        held = self._ports.get(port)
        return held.listener if held else None

    def target(self, action: Forward) -> tuple[TargetGroup, Target] | None:
        """The target to forward the next request to, with its group."""
        return self._rotation.choose(action, self._groups)

    def request(self, group: TargetGroup, target: Target) -> AbstractContextManager[None]:
        """For as long as a target works at a request."""
        return self._in_flight.request(group, target)

    async def execute(self, command: dict[str, Any]) -> dict[str, Any]:
        """Carry out a command of the control process and return the answer to it."""
        match command["do"]:
            case "serve":
                return {"failed": await self._serve(encoding.from_json(Table, command["table"]))}
            case "reserve":
                return {"failed": self._reserve(command["port"])}
            case _:
                self._release(command["port"])
                return {"failed": {}}

    async def _serve(self, desired: Table) -> dict[int, str]:
        self._regroup(desired)
        actual = {number: port.listener for number, port in self._ports.items()}
        failed: dict[int, str] = {}
        for action in plan.plan(desired, actual, reserved=self._reserved):
            match action:
                case plan.Close(port=number):
                    self._ports.pop(number).close()
                case plan.Open(listener=listener):
                    failed |= self._hold(listener.port)
                    if listener.port not in failed:
                        await self._ports[listener.port].attach(listener, self)
                case plan.Attach(listener=listener):
                    await self._ports[listener.port].attach(listener, self)
                case plan.Replace(listener=listener):
                    self._ports[listener.port].listener = listener
        self._reserved -= set(desired.listeners)
        return failed

    def _regroup(self, desired: Table) -> None:
        """Take over the target groups, with what was found out about targets that stay."""
        before = _targets(self._groups.values())
        groups = [_with_known_states(group, before) for group in desired.target_groups]
        self._groups = {group.arn: group for group in groups}
        used = desired.used_target_groups
        self._probes.follow(group for group in groups if group.arn in used)
        now = _targets(groups)
        for gone in before.keys() - now.keys():
            self._in_flight.cut(*gone)
        for (group, name), target in now.items():
            if target.state is TargetState.DRAINING and not self._in_flight.has(group, name):
                self._left(group, name)

    def _found(self, subject: Subject, health: Health) -> None:
        """Note what a check has changed, and tell it."""
        group, name = self._groups[subject.group], subject.target.label
        targets = (
            replace(target, state=health.state) if target.label == name else target
            for target in group.targets
        )
        self._groups[group.arn] = replace(group, targets=tuple(targets))
        self._report(
            {
                "health": {
                    "group": group.arn,
                    "target": name,
                    "state": health.state,
                    "reason": health.reason,
                    "description": health.description,
                }
            }
        )

    def _left(self, group: str, name: str) -> None:
        """Tell of a target without requests, if that ends its draining."""
        target = (
            _targets([self._groups[group]]).get((group, name)) if group in self._groups else None
        )
        if target is not None and target.state is TargetState.DRAINING:
            self._report({"idle": {"group": group, "target": name}})

    def _reserve(self, number: int) -> dict[int, str]:
        if number in self._ports:
            return {number: "it is open already"}
        self._reserved.add(number)
        failed = self._hold(number)
        self._reserved -= set(failed)
        return failed

    def _release(self, number: int) -> None:
        if number in self._reserved:
            self._reserved.discard(number)
            self._ports.pop(number).close()

    def _hold(self, number: int) -> dict[int, str]:
        try:
            self._ports[number] = hold(number)
        except OSError as error:
            return {number: error.strerror or str(error)}
        return {}


def _targets(groups: Iterable[TargetGroup]) -> dict[tuple[str, str], Target]:
    """Every target by its group's ARN and its name."""
    return {(group.arn, target.label): target for group in groups for target in group.targets}


def _with_known_states(group: TargetGroup, known: Mapping[tuple[str, str], Target]) -> TargetGroup:
    """The group, its targets in the states that were found where they still answer at the same place."""

    def found(target: Target) -> Target:
        before = known.get((group.arn, target.label))
        if before is None or TargetState.DRAINING in (before.state, target.state):
            return target
        same = (before.address, before.port) == (target.address, target.port)
        return replace(target, state=before.state) if same else target

    return replace(group, targets=tuple(map(found, group.targets)))


async def main() -> None:
    """Execute commands until standard input ends."""
    _die_with_parent()
    _allow_many_connections()
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=_COMMAND_LIMIT)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    router = Router(_say)
    while line := await reader.readline():
        command = json.loads(line)
        _say({"number": command["number"], **await router.execute(command)})


def _say(words: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(words) + "\n")
    sys.stdout.flush()


def _die_with_parent() -> None:
    """Where the kernel can, have it end this process too: one that is stopped sees no end of input."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _allow_many_connections() -> None:
    """Each takes two file descriptors, and many systems begin with a thousand."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


if __name__ == "__main__":
    asyncio.run(main())
