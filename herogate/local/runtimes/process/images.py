"""Images unpacked on this machine: once for each digest, and cheap copies of them for containers."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import shutil
import stat
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from herogate.local.planes.registry.pulled import PulledImage
from herogate.local.runtimes.image_settings import ImageSettings
from herogate.local.runtimes.runtime import CannotPull

SHARED = ("app/.herogate", "app/node_modules")
"""What containers of one image have in common: the installed environment. It is not written to at run
time, and may be large."""

_UNPACK = Path(__file__).with_name("unpack.py")
_KEPT = 20
"""So many images stay unpacked, beside those in use."""


@dataclass(frozen=True, kw_only=True)
class UnpackedImage:
    """An image on this machine.

    Attributes:
        root: its files; never written to.
    """

    digest: str
    root: Path
    settings: ImageSettings

    @property
    def stop_signal(self) -> int:
        """What asks its program to end."""
        return self.settings.stop_signal


class UnpackedImages:
    """A directory of unpacked images. Those in the works have names that begin with a dot."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._turns: dict[str, asyncio.Lock] = {}

    async def start(self) -> None:
        """Clear away what was in the works when the cloud ended."""
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        unfinished = [path for path in self._directory.iterdir() if path.name.startswith(".")]
        for path in unfinished:
            await asyncio.to_thread(remove, path)

    async def unpack(self, image: PulledImage) -> Path:
        """The image's files.

        Raises:
            CannotPull: a layer is refused.
        """
        place = self._directory / image.digest.replace(":", "-")
        async with self._turns.setdefault(image.digest, asyncio.Lock()):
            if not place.is_dir():
                await self._unpack(image, place)
            os.utime(place)
        return place

    async def prune(self, in_use: Callable[[], set[Path]]) -> None:
        """Remove the images that nobody has asked for for longest.

        Args:
            in_use: asked at the last moment, for the files of images that containers share.
        """
        found = [path for path in self._directory.iterdir() if not path.name.startswith(".")]
        found.sort(key=lambda path: path.stat().st_mtime, reverse=True)
        for path in found[_KEPT:]:
            turn = self._turns.get(path.name.replace("-", ":", 1))
            if path in in_use() or (turn is not None and turn.locked()):
                continue
            doomed = self._directory / f".{secrets.token_hex(8)}"
            path.rename(doomed)
            await asyncio.to_thread(remove, doomed)

    async def _unpack(self, image: PulledImage, place: Path) -> None:
        unfinished = self._directory / f".{secrets.token_hex(8)}"
        unfinished.mkdir(mode=0o700)
        layers = [
            {"path": str(layer.path), "media_type": layer.media_type} for layer in image.layers
        ]
        try:
            await _run_unpacker({"root": str(unfinished), "layers": layers})
            unfinished.rename(place)
        except BaseException:
            await asyncio.to_thread(remove, unfinished)
            raise


async def copy(root: Path, destination: Path) -> None:
    """Give a container the image's files: its own to write to, but for what is `SHARED`."""
    await asyncio.to_thread(_copy, root, destination)


def remove(directory: Path) -> None:
    """Remove a directory and all in it, also what its owner may not write to."""

    def allow(function: Callable[..., Any], path: str, _: object) -> None:
        Path(path).parent.chmod(stat.S_IRWXU)
        if not Path(path).is_symlink():
            Path(path).chmod(stat.S_IRWXU)
        function(path)

    if directory.exists():
        shutil.rmtree(directory, onerror=allow)


def _copy(root: Path, destination: Path) -> None:
    shared = {root / name for name in SHARED}

    def ignored(directory: str, names: list[str]) -> list[str]:
        return [name for name in names if Path(directory, name) in shared]

    shutil.copytree(root, destination, symlinks=True, ignore=ignored)
    for name in SHARED:
        if (root / name).exists():
            (destination / name).symlink_to(root / name)
    (destination / "app").mkdir(exist_ok=True)


async def _run_unpacker(asked: object) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", "-S", str(_UNPACK)),
        stdin=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        _, complaint = await process.communicate(json.dumps(asked).encode())
    except BaseException:
        process.kill()
        await process.wait()
        raise
    if process.returncode:
        reason = complaint.decode(errors="replace").strip().partition("\n")[0]
        raise CannotPull(f"failed to register layer: {reason}")
