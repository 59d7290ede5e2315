"""A signal that something has changed, for those who wait until something is so."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable


class Pulse:
    """Wakes all who wait, each time it beats. Belongs to one event loop."""

    def __init__(self) -> None:
        self._next = asyncio.Event()

    def beat(self) -> None:
        """Wake everybody."""
        self._next.set()
        self._next = asyncio.Event()

    async def until(self, is_so: Callable[[], Awaitable[bool]]) -> None:
        """Return when `is_so` is; asked now, and after each beat."""
        while True:
            beaten = self._next
            if await is_so():
                return
            await beaten.wait()
