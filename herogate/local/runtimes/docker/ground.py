"""What a task's containers have in common: a small container's network, which leads to the cloud."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from herogate.local.runtimes.docker import description
from herogate.local.runtimes.docker.description import Surroundings
from herogate.local.runtimes.docker.engine import Document, Engine, EngineError
from herogate.local.runtimes.runtime import CannotStart, Ground

RELAY: Final = Path(__file__).with_name("relay.py").read_text(encoding="utf-8")
"""The program that leads to the cloud."""

_READY: Final = b"ready"
_READY_SECONDS: Final = 30


@dataclass(frozen=True, kw_only=True)
class TaskNetwork:
    """A task's network.

    Attributes:
        container: the id of the container that has it.
        ports: this machine's loopback ports by the task's own.
    """

    container: str
    ports: Mapping[int, int]


async def make(engine: Engine, here: Surroundings, asked: Ground) -> TaskNetwork:
    """Make a task's network, with its way to the cloud.

    Raises:
        CannotStart: the engine refuses, or does not see this machine's files; nothing is left.
    """
    if here.port in asked.ports:
        raise CannotStart(
            f"port {here.port} is the local cloud's own, in containers too; "
            "start it on another one (`herogate local start --port`)"
        )
    try:
        document = description.ground(here, asked, RELAY)
        container = await engine.create(f"{here.network}-{asked.task[:12]}", document)
        try:
            await _start(engine, container)
            found = await engine.inspect(container)
        except BaseException:
            await asyncio.shield(engine.remove(container))
            raise
    except EngineError as error:
        raise CannotStart(str(error)) from error
    return TaskNetwork(container=container, ports=_ports(found))


async def _start(engine: Engine, container: str) -> None:
    """Start the program that leads to the cloud; return when it does."""
    said = b""
    written = await engine.attach(container)
    try:
        await engine.start(container)
        async with asyncio.timeout(_READY_SECONDS):
            async for frame in written.frames():
                said += frame.content
                if said.startswith(_READY):
                    return
    finally:
        written.close()
    complaint = said.decode(errors="replace").strip().rpartition("\n")[2]
    raise CannotStart(f"a task's network cannot be led to the local cloud: {complaint}")


def _ports(found: Document) -> dict[int, int]:
    published = found["NetworkSettings"]["Ports"] or {}
    return {
        int(name.partition("/")[0]): int(bindings[0]["HostPort"])
        for name, bindings in published.items()
        if bindings
    }
