"""A file of what was pushed, read as what it is: anybody's. It may be endless, or lead elsewhere."""

from __future__ import annotations

import os
from pathlib import Path

from herogate.errors import BuildFailed

LIMIT_BYTES = 64 * 1024


def text(source: Path, name: str, *, called: str | None = None) -> str | None:
    """The text of a file at the top of a repository; None if there is no such file.

    Args:
        called: what it is in a complaint, if not its name.

    Raises:
        BuildFailed: it is no plain file of the repository, too large, or no text.
    """
    file, noun = source / name, called or name
    if not os.path.lexists(file):
        return None
    if not is_inside(source, file) or not file.is_file():
        raise BuildFailed(f"{noun} is no file of the repository.")
    try:
        with file.open("rb") as opened:
            content = opened.read(LIMIT_BYTES + 1)
        if len(content) > LIMIT_BYTES:
            raise BuildFailed(f"{noun} is larger than {LIMIT_BYTES} bytes.")
        return content.decode("utf-8-sig")
    except (OSError, ValueError) as error:
        raise BuildFailed(f"{noun} cannot be read: {error}.") from error


def is_inside(directory: Path, place: Path) -> bool:
    """Whether a place stays below a directory wherever its links lead; one in a circle leads nowhere."""
    return Path(os.path.realpath(place)).is_relative_to(os.path.realpath(directory))
