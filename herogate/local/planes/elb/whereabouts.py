"""Where the addresses that tasks are shown with really answer: ports of this machine's loopback.

Known only while the tasks run, so nothing is kept on disk. An address of the loopback network answers
where it says; any other that nobody has placed answers nowhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address

_LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """An address and a port of this machine."""

    address: str
    port: int


class Whereabouts:
    """The loopback ports behind each address.

    Args:
        changed: called after each change.
    """

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self._ports: dict[str, dict[int, int]] = {}

    def place(self, address: str, ports: Mapping[int, int]) -> None:
        """Note the loopback port behind each port of an address."""
        self._ports[address] = dict(ports)
        self._changed()

    def remove(self, address: str) -> None:
        """Forget an address; one that is not known is no error."""
        if self._ports.pop(address, None) is not None:
            self._changed()

    def of(self, address: str, port: int) -> Endpoint | None:
        """Where a port of an address answers; None if nowhere."""
        if ip_address(address).is_loopback:
            return Endpoint(address=address, port=port)
        real = self._ports.get(address, {}).get(port)
        return None if real is None else Endpoint(address=_LOOPBACK, port=real)
