"""An app's source, read as its manifest says: the directory that is built, and the process types."""

from __future__ import annotations

from pathlib import Path

from herogate.engine import app_manifest, procfile, pushed_file
from herogate.engine.app_manifest import AppManifest
from herogate.engine.images import ImageSettings
from herogate.errors import BuildFailed

PROCFILE = "Procfile"


def directory(source: Path, manifest: AppManifest) -> Path:
    """What is built. Raises `BuildFailed`: it is not there."""
    found = source / manifest.directory
    if not found.is_dir() or not pushed_file.is_inside(source, found):
        raise BuildFailed(f"The repository has no directory {manifest.directory} to build in.")
    return found


def process_types(source: Path, manifest: AppManifest) -> dict[str, str] | None:
    """The process types that files of the repository declare; None if none does.

    Raises:
        BuildFailed: they cannot be, or are declared twice.
    """
    types = _of_procfile(source)
    if types is not None and manifest.process_types:
        raise BuildFailed(
            f"Both {PROCFILE} and {app_manifest.HEROKU_YML} declare process types.",
            "Declare them in one of the two.",
        )
    if types is None and manifest.process_types:
        procfile.check(manifest.process_types)
        types = dict(manifest.process_types)
    return types


def of_buildpacks(settings: ImageSettings) -> dict[str, str] | None:
    """The process types that buildpacks have found; None if they found none. Raises `BuildFailed`."""
    procfile.check(settings.process_types)
    return dict(settings.process_types) or None


def declared_by(source: Path, manifest: AppManifest) -> str | None:
    """The file that declares the process types; None if none does."""
    if (source / PROCFILE).exists():
        return PROCFILE
    return app_manifest.HEROKU_YML if manifest.process_types else None


def _of_procfile(source: Path) -> dict[str, str] | None:
    text = pushed_file.text(source, PROCFILE, called=f"The {PROCFILE}")
    return None if text is None else procfile.parse(text)
