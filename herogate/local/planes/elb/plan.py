"""What must change in the router so that it serves a table: decided here, done by ``router.py``.

Pure: no sockets. A port is closed before others are opened, so that one may move between listeners.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from herogate.local.planes.elb.table import Listener, Table


@dataclass(frozen=True, kw_only=True)
class Close:
    """Stop listening; requests under way are finished."""

    port: int


@dataclass(frozen=True, kw_only=True)
class Open:
    """Take the port and serve the listener on it."""

    listener: Listener


@dataclass(frozen=True, kw_only=True)
class Attach:
    """Serve the listener on a port that is already held, reserved or with another TLS set-up."""

    listener: Listener


@dataclass(frozen=True, kw_only=True)
class Replace:
    """Serve other rules or settings on a port from the next request on; connections stay."""

    listener: Listener


Action = Close | Open | Attach | Replace


def plan(
    desired: Table, actual: Mapping[int, Listener | None], *, reserved: Collection[int] = ()
) -> list[Action]:
    """The actions that lead from the ports held now to those of a table.

    Args:
        actual: each held port with the listener it serves, or None when it is only held.
        reserved: held ports whose listener is about to be declared; they stay.
    """
    listeners = desired.listeners
    gone = sorted(set(actual) - set(listeners) - set(reserved))
    closing: list[Action] = [Close(port=port) for port in gone]
    steps = (_step(listeners[port], actual) for port in sorted(listeners))
    return closing + [step for step in steps if step is not None]


def _step(listener: Listener, actual: Mapping[int, Listener | None]) -> Action | None:
    if listener.port not in actual:
        return Open(listener=listener)
    present = actual[listener.port]
    if present is None or _transport(present) != _transport(listener):
        return Attach(listener=listener)
    return None if present == listener else Replace(listener=listener)


def _transport(listener: Listener) -> tuple[object, ...]:
    """What cannot change under an open connection."""
    return (listener.arn, listener.protocol, listener.all_certificates)
