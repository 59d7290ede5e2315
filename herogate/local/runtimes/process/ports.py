"""Loopback ports for containers: free ones, and none of them twice."""

from __future__ import annotations

import random
import socket

_RANGE = range(20_000, 32_768)
"""Below what systems take for outgoing connections, so that a port stays free until its program comes to
listen."""

_ATTEMPTS = 1_000


class Ports:
    """The ports that containers have at present."""

    def __init__(self) -> None:
        self._taken: set[int] = set()

    def take(self) -> int:
        """A port that nobody listens on.

        Raises:
            OSError: there is none.
        """
        for _ in range(_ATTEMPTS):
            port = random.choice(_RANGE)  # noqa: S311  (no secret)
            if port not in self._taken and _is_free(port):
                self._taken.add(port)
                return port
        raise OSError("no port of this machine's loopback interface is free")

    def give_back(self, port: int) -> None:
        """Nobody listens there any more."""
        self._taken.discard(port)


def _is_free(port: int) -> bool:
    """Whether a program may listen there, on one address or on all."""
    for address in ("127.0.0.1", ""):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((address, port))
            except OSError:
                return False
    return True
