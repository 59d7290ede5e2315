"""Which runtime a cloud that starts has: what can be had on this machine is found out here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from herogate.local.runtimes.choice import RuntimeName, choose
from herogate.local.runtimes.docker import DockerRuntime
from herogate.local.runtimes.docker.address import NotOfThisMachine, engine_socket
from herogate.local.runtimes.docker.engine import Engine, EngineError
from herogate.local.runtimes.process import ProcessRuntime

if TYPE_CHECKING:
    from herogate.local.cloud import Cloud
    from herogate.local.runtimes.runtime import Runtime


async def runtime(
    asked: str, last: RuntimeName | None, environment: Mapping[str, str]
) -> Callable[[Cloud], Runtime]:
    """What makes the cloud's runtime.

    Args:
        asked: a name or ``auto``.
        last: the one that the cloud had before.
        environment: where docker's client looks for its engine.

    Raises:
        RuntimeUnavailable: docker it must be, and there is no engine.
    """
    try:
        socket = engine_socket(environment)
        version = await _version(Engine(socket))
    except (NotOfThisMachine, EngineError) as error:
        choose(asked, last, str(error))
        return ProcessRuntime
    if choose(asked, last, None) is RuntimeName.PROCESS:
        return ProcessRuntime
    return lambda cloud: DockerRuntime(cloud, socket, version)


async def _version(engine: Engine) -> str:
    try:
        return await engine.version()
    finally:
        await engine.close()
