"""EventBridge: rules that act."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from herogate.local.cloud import Cloud


class EventsPlane:
    """EventBridge: rules that act."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    async def start(self) -> None:
        """Take up what the store says was under way."""

    async def stop(self) -> None:
        """Leave off, with nothing left running."""
