"""Removes a build's directory, however deep it is and whatever modes its own have been given."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Final

_SCRIPT: Final = 'chmod -R u+rwX "$1"; rm -rf "$1"'


async def remove(directory: Path) -> None:
    """Remove a directory with all that is in it; one that is not there is no error."""
    process = await asyncio.create_subprocess_exec(
        *("/bin/sh", "-c", _SCRIPT, "sh", str(directory)),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    await process.wait()
