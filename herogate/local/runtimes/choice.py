"""Which runtime a local cloud has. Pure, and cheap to import."""

from __future__ import annotations

from enum import StrEnum


class RuntimeName(StrEnum):
    """The runtimes there are."""

    PROCESS = "process"
    DOCKER = "docker"


AUTO = "auto"
"""Asked for in place of a name: the last one again, else docker where an engine answers."""

CHOICES = (AUTO, *(name.value for name in RuntimeName))
"""What can be asked for."""


class RuntimeUnavailable(Exception):
    """The runtime that is asked for cannot be had; the message says why, and what to do."""


def choose(asked: str, last: RuntimeName | None, missing: str | None) -> RuntimeName:
    """The runtime of a cloud that starts.

    Args:
        asked: one of `CHOICES`.
        last: the one that it had before; what it holds was built for that.
        missing: why there is no docker engine; None if one answers.

    Raises:
        RuntimeUnavailable: docker it must be, and there is none.
    """
    wanted = last if asked == AUTO else RuntimeName(asked)
    if wanted is None:
        return RuntimeName.DOCKER if missing is None else RuntimeName.PROCESS
    if wanted is RuntimeName.PROCESS or missing is None:
        return wanted
    if asked == AUTO:
        raise RuntimeUnavailable(
            f"This cloud ran in docker last, and there is no engine: {missing}. Start docker, or choose "
            "`--runtime process`: apps then need a new commit pushed, as they are built for a runtime."
        )
    raise RuntimeUnavailable(f"There is no docker engine: {missing}. Start docker.")
