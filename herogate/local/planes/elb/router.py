"""The router process: ``python -m herogate.local.planes.elb.router``.

It serves the table it was last told, on this machine's loopback addresses only. Commands come from
the control process as JSON, one a line on standard input; each is answered by one line on standard
output that repeats its ``number``. The end of standard input, however the control process ended,
ends this process at once.

Commands: ``{"do": "serve", "table": …}`` answers ``{"failed": {port: reason}}``;
``{"do": "reserve", "port": …}`` takes a port before its listener is declared and answers
``{"failed": …}`` likewise; ``{"do": "release", "port": …}`` gives such a port back.
"""

from __future__ import annotations

import asyncio
import ctypes
import json
import resource
import signal
import sys
from typing import Any

from herogate.local.planes.elb import plan, table
from herogate.local.planes.elb.ports import Port, hold
from herogate.local.planes.elb.serve import Rotation
from herogate.local.planes.elb.table import Forward, Listener, Table, Target, TargetGroup

_PR_SET_PDEATHSIG = 1
_COMMAND_LIMIT = 256 * 1024 * 1024


class Router:
    """The ports held and the table served on them."""

    def __init__(self) -> None:
        self._ports: dict[int, Port] = {}
        self._reserved: set[int] = set()
        self._groups: dict[str, TargetGroup] = {}
        self._rotation = Rotation()

    def listener(self, port: int) -> Listener | None:
        """What a port serves at this moment; None when it is being closed."""
        held = self._ports.get(port)
        return held.listener if held else None

    def target(self, action: Forward) -> tuple[TargetGroup, Target] | None:
        """The target to forward the next request to, with its group."""
        return self._rotation.choose(action, self._groups)

    async def execute(self, command: dict[str, Any]) -> dict[str, Any]:
        """Carry out a command of the control process and return the answer to it."""
        match command["do"]:
            case "serve":
                return {"failed": await self._serve(table.from_json(Table, command["table"]))}
            case "reserve":
                return {"failed": self._reserve(command["port"])}
            case _:
                self._release(command["port"])
                return {"failed": {}}

    async def _serve(self, desired: Table) -> dict[int, str]:
        self._groups = {group.arn: group for group in desired.target_groups}
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


async def main() -> None:
    """Execute commands until standard input ends."""
    _die_with_parent()
    _allow_many_connections()
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=_COMMAND_LIMIT)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    router = Router()
    while line := await reader.readline():
        command = json.loads(line)
        answer = {"number": command["number"], **await router.execute(command)}
        sys.stdout.write(json.dumps(answer) + "\n")
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
