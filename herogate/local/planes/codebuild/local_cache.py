"""A project's local cache: directories that a build leaves to the next one on the same host.

Builds that run at once all begin with what was kept; what the last one leaves is kept then. Files go in
as links, which costs next to nothing: one that a build writes over, in place of writing a new one, is
written over for all. The home directory of builds is `/root`, as in AWS's images.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path, PurePosixPath
from secrets import token_hex
from typing import Any, Final

_MODE: Final = "LOCAL_CUSTOM_CACHE"
_HOME: Final = PurePosixPath("/root")


class LocalCache:
    """What one project's builds keep.

    Args:
        directory: where it lies between builds.
        home: the build's home directory.
        source: the directory of its primary source, which relative paths begin at.
    """

    def __init__(self, directory: Path, *, home: Path, source: Path) -> None:
        self._directory = directory
        self._home = home
        self._source = source

    def restore(self, paths: Sequence[str]) -> None:
        """Bring what an earlier build left to where a buildspec's cache paths say."""
        for kept, place in self._places(paths):
            if kept.is_dir() and not place.exists():
                place.parent.mkdir(parents=True, exist_ok=True)
                copy = self._home / f"{kept.name}-{token_hex(4)}"
                with suppress(OSError):  # another build's end has replaced what was kept
                    shutil.copytree(kept, copy, symlinks=True, copy_function=os.link)
                    copy.rename(place)

    def keep(self, paths: Sequence[str]) -> None:
        """Take away what is to be left to the next build; what another has left comes to this one.

        It goes with this build's own directory. Deleted where it lies it could be found half deleted,
        after a kill or by a build that begins at that moment.
        """
        for kept, place in self._places(paths):
            if place.is_dir() and not place.is_symlink():
                self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
                with suppress(FileNotFoundError):
                    kept.rename(self._home / f"{kept.name}-{token_hex(4)}")
                with suppress(OSError):
                    place.rename(kept)

    def _places(self, paths: Sequence[str]) -> list[tuple[Path, Path]]:
        """Where each directory lies between builds and in one; only those a build may have."""
        found = []
        for path in paths:
            place = self._place(PurePosixPath(path.rstrip("*/")))
            if place is not None:
                name = hashlib.sha256(path.encode()).hexdigest()
                found.append((self._directory / name, place))
        return found

    def _place(self, path: PurePosixPath) -> Path | None:
        if ".." in path.parts:
            return None
        if not path.is_absolute():
            return self._source / path if path.parts else None
        inside = path.is_relative_to(_HOME) and path != _HOME
        return self._home / path.relative_to(_HOME) if inside else None


def is_asked_for(build: Mapping[str, Any]) -> bool:
    """Whether a build's project has a local cache of the paths that the buildspec names."""
    cache = build["cache"]
    return cache["type"] == "LOCAL" and _MODE in cache.get("modes", [])
