"""Where the docker engine of this machine listens. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

_VARIABLE = "DOCKER_HOST"
_DEFAULT = Path("/var/run/docker.sock")
_SCHEME = "unix://"


class NotOfThisMachine(Exception):
    """The engine's address leads elsewhere; the message says so."""


def engine_socket(environment: Mapping[str, str]) -> Path:
    """The socket of the engine that docker's own client would use.

    Raises:
        NotOfThisMachine: it is reached over a network, and could not see this machine's files and ports.
    """
    address = environment.get(_VARIABLE)
    if not address:
        return _DEFAULT
    if not address.startswith(_SCHEME):
        raise NotOfThisMachine(
            f"{_VARIABLE} is {address}, and only an engine of this machine ({_SCHEME}…) can be used"
        )
    return Path(address.removeprefix(_SCHEME))
