"""The contents of blobs: files by their digest, whichever repositories have them.

A file appears under its name only when it is whole and on disk. Which repositories have a blob is in
the documents (``records.py``); a file that none of them knows is garbage.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Set
from contextlib import asynccontextmanager
from pathlib import Path


class Blobs:
    """A directory of contents."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._arriving: dict[str, int] = {}

    def path(self, digest: str) -> Path:
        """Where a blob's content is, if it is here."""
        kind, _, hexadecimal = digest.partition(":")
        return self._directory / kind / hexadecimal[:2] / hexadecimal

    @asynccontextmanager
    async def arriving(self, digest: str) -> AsyncIterator[None]:
        """Until a document says that somebody has it, a blob inside this is not swept away."""
        self._arriving[digest] = self._arriving.get(digest, 0) + 1
        try:
            yield
        finally:
            self._arriving[digest] -= 1
            if not self._arriving[digest]:
                del self._arriving[digest]

    async def adopt(self, file: Path, digest: str) -> None:
        """Take a whole file over as a blob's content, for good."""
        await asyncio.to_thread(_keep, file, self.path(digest))

    async def sweep(self, wanted: Callable[[], Set[str]]) -> None:
        """Remove the contents of all blobs but those wanted and those arriving.

        Args:
            wanted: asked at the last moment, so that nothing changes between its answer and the removal.
        """
        there = await asyncio.to_thread(self._there)
        for digest in set(there) - wanted() - set(self._arriving):
            self.path(digest).unlink(missing_ok=True)

    def _there(self) -> list[str]:
        return [
            f"{kind.name}:{file.name}"
            for kind in _entries(self._directory)
            for shelf in _entries(kind)
            for file in _entries(shelf)
        ]


def _entries(directory: Path) -> list[Path]:
    return list(directory.iterdir()) if directory.is_dir() else []


def _keep(file: Path, place: Path) -> None:
    with file.open("rb") as content:
        os.fsync(content.fileno())
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file.replace(place)
    for directory in (place.parent, place.parent.parent):
        descriptor = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
