"""What the build hands over to the release: one small file. The release reads it as hostile input."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from herogate.engine import build_artifact
from herogate.errors import BuildFailed
from herogate.models import Slug


@dataclass(frozen=True, kw_only=True)
class Built:
    """A build that has succeeded.

    Attributes:
        builder: what made it: ``buildkit``, ``buildpacks``, ``host-base`` …
        seconds: how long each part took.
    """

    slug: Slug
    builder: str
    seconds: Mapping[str, float] = field(default_factory=dict)
    cached_steps: int = 0
    total_steps: int = 0


def check_place(directory: Path) -> None:
    """See that the artifact's directory is the builder's alone.

    Raises:
        BuildFailed: something was pushed under its name.
    """
    if directory.is_symlink() or directory.is_file() or any(directory.glob("*")):
        raise BuildFailed(
            f"There is a {directory.name} at the top of the repository.",
            "Rename it: Herogate puts what it makes there.",
        )


def write(built: Built, directory: Path) -> None:
    """Write the artifact's file into a directory, which is made."""
    document = build_artifact.document(
        built.slug,
        builder=built.builder,
        seconds={part: round(seconds, 2) for part, seconds in built.seconds.items()},
        cached_steps=built.cached_steps,
        total_steps=built.total_steps,
    )
    directory.mkdir(exist_ok=True)
    (directory / build_artifact.NAME).write_text(document, encoding="utf-8")
