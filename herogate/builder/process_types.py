"""Which process types a build finds: the Procfile's, or what a language runs without one."""

from __future__ import annotations

from pathlib import Path

from herogate.engine import procfile
from herogate.errors import BuildFailed

PROCFILE = "Procfile"


def declared(source: Path) -> dict[str, str] | None:
    """The Procfile's process types; None if there is no Procfile.

    Raises:
        BuildFailed: it cannot be read.
    """
    file = source / PROCFILE
    if not file.exists():
        return None
    try:
        return procfile.parse(file.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        raise BuildFailed(f"The {PROCFILE} cannot be read: {error}.") from error
