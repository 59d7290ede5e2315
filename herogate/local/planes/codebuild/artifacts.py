"""Artifacts: directories as zip files, in S3 under a bucket and a key.

Packing keeps modes and, where asked for, symbolic links; unpacking trusts nothing that an archive
says about where its files go. Which files make an artifact is ``selection.py``'s.
"""

from __future__ import annotations

import hashlib
import os
import stat
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from herogate.local.planes.codebuild.failures import client_error

_UNPACKED_LIMIT: Final = 4 * 1024**3
_ENTRIES_LIMIT: Final = 200_000
_LINK_LIMIT: Final = 4096
_UNIX: Final = 3
_CHUNK: Final = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Artifact:
    """A codepipeline's artifact: where in S3 it is, or is to be.

    Attributes:
        name: by which the codepipeline knows it.
    """

    name: str
    bucket: str
    key: str


@dataclass(frozen=True, kw_only=True)
class Sums:
    """What a file's content comes to, in hexadecimal."""

    md5: str
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """A file of an artifact: where it lies, and its path there."""

    source: Path
    path: str


def pack(archive: Path, files: Iterable[Chosen], *, enable_symlinks: bool) -> None:
    """Write files into a zip; a symbolic link is stored as one, or as what it leads to."""
    with zipfile.ZipFile(
        archive, "w", zipfile.ZIP_DEFLATED, compresslevel=1, strict_timestamps=False
    ) as packed:
        for file in files:
            if enable_symlinks and file.source.is_symlink():
                _add(packed, file.path, stat.S_IFLNK | 0o777, os.fsencode(file.source.readlink()))
            elif file.source.is_file():
                packed.write(file.source, file.path)


def sums(file: Path) -> Sums:
    """The checksums of a file."""
    md5, sha256 = hashlib.md5(usedforsecurity=False), hashlib.sha256()
    with file.open("rb") as opened:
        while chunk := opened.read(_CHUNK):
            md5.update(chunk)
            sha256.update(chunk)
    return Sums(md5=md5.hexdigest(), sha256=sha256.hexdigest())


def unpack(archive: Path, directory: Path) -> None:
    """Unpack a zip into an empty directory.

    Raises:
        PhaseFailure: it is no zip, is out of bounds, or would write elsewhere.
    """
    try:
        with zipfile.ZipFile(archive) as packed:
            entries = packed.infolist()
            size = sum(entry.file_size for entry in entries)
            if len(entries) > _ENTRIES_LIMIT or size > _UNPACKED_LIMIT:
                raise client_error("the source archive is too large")
            links = [entry for entry in entries if _is_link(entry)]
            for entry in entries:
                if not _is_link(entry):
                    _extract(packed, entry, directory)
            for entry in links:  # last, so that nothing is written through one
                _link(packed, entry, directory)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError) as error:
        raise client_error(f"the source archive cannot be unpacked: {error}") from error


def _add(packed: zipfile.ZipFile, path: str, mode: int, content: bytes) -> None:
    entry = zipfile.ZipInfo(path)
    entry.create_system = _UNIX
    entry.external_attr = mode << 16
    packed.writestr(entry, content)


def _extract(packed: zipfile.ZipFile, entry: zipfile.ZipInfo, directory: Path) -> None:
    target = _inside(directory, entry.filename)
    if entry.is_dir():
        target.mkdir(parents=True, exist_ok=True)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    left = entry.file_size
    with packed.open(entry) as stored, target.open("wb") as file:
        while chunk := stored.read(min(_CHUNK, left + 1)):
            left -= len(chunk)
            if left < 0:
                raise zipfile.BadZipFile(f"{entry.filename} is larger than it says")
            file.write(chunk)
    mode = entry.external_attr >> 16 & 0o777
    if mode:
        target.chmod(mode | stat.S_IRUSR | stat.S_IWUSR)


def _link(packed: zipfile.ZipFile, entry: zipfile.ZipInfo, directory: Path) -> None:
    target = _inside(directory, entry.filename)
    if entry.file_size > _LINK_LIMIT:
        raise zipfile.BadZipFile(f"{entry.filename} is no symbolic link")
    leads_to = os.fsdecode(packed.read(entry))
    where = os.path.normpath(target.parent / leads_to)
    if Path(leads_to).is_absolute() or not Path(where).is_relative_to(directory):
        raise client_error(f"the source archive links out of itself: {entry.filename}")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.symlink_to(leads_to)


def _is_link(entry: zipfile.ZipInfo) -> bool:
    return entry.create_system == _UNIX and stat.S_ISLNK(entry.external_attr >> 16)


def _inside(directory: Path, name: str) -> Path:
    """Where an entry goes. A name that leads elsewhere is refused, not mended."""
    parts = name.rstrip("/").split("/")
    if not name or name.startswith("/") or "\\" in name or {"", ".", ".."} & set(parts):
        raise client_error(f"the source archive holds a file outside of itself: {name}")
    target = directory.joinpath(*parts)
    if target.parent.resolve() != target.parent:
        raise client_error(f"the source archive writes through a link: {name}")
    return target
