"""Layers: trees of files as tars that are the same whenever the files are.

Owners, times and the order in which a directory happens to be read leave no trace; links, names and what
may be executed stay as they are. Not compressed: a layer moves between two places on one machine.
"""

from __future__ import annotations

import hashlib
import os
import stat
import tarfile
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from herogate.errors import BuildFailed

MEDIA_TYPE = "application/vnd.oci.image.layer.v1.tar"

_TIME = 315_532_800
"""1 January 1980: the earliest that zip files, too, can write down."""

_DIRECTORY, _PROGRAM, _FILE = 0o755, 0o755, 0o644


@dataclass(frozen=True, kw_only=True)
class Layer:
    """A layer; its digest is also that of its files, since it is not compressed.

    Attributes:
        path: its content; None where the registry has it already.
    """

    digest: str
    size: int
    path: Path | None = None


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A file, directory or link on its way into a layer under a name."""

    path: Path
    name: str


def tree(root: Path, name: str, *, without: Container[str] = ()) -> Iterator[Entry]:
    """A directory and all in it, by name; `without` leaves out entries of the topmost level."""
    yield Entry(path=root, name=name)
    for entry in sorted(os.scandir(root), key=lambda entry: entry.name):
        if entry.name in without:
            continue
        path, inner = Path(entry.path), f"{name}/{entry.name}"
        if entry.is_dir(follow_symlinks=False):
            yield from tree(path, inner)
        else:
            yield Entry(path=path, name=inner)


def write(entries: Iterable[Entry], path: Path) -> Layer:
    """Write a layer to a new file.

    Raises:
        BuildFailed: something is neither file, directory nor link.
    """
    with tarfile.open(path, "x", format=tarfile.PAX_FORMAT) as archive:
        for entry in entries:
            _add(archive, entry)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Layer(digest=f"sha256:{digest}", size=path.stat().st_size, path=path)


def unpack(file: Path, directory: Path) -> None:
    """Unpack a layer below a directory, which is made. Raises `BuildFailed`."""
    try:
        with tarfile.open(file, "r:") as archive:
            archive.extraction_filter = getattr(tarfile, "tar_filter", None)  # not in Python 3.11.2
            for member in archive:
                archive.extract(member, directory)
    except (OSError, tarfile.TarError) as error:
        raise BuildFailed(f"A layer cannot be unpacked: {error}.") from error


def _add(archive: tarfile.TarFile, entry: Entry) -> None:
    status = entry.path.lstat()
    described = tarfile.TarInfo(entry.name)
    described.mtime = _TIME
    if stat.S_ISLNK(status.st_mode):
        described.type, described.linkname = tarfile.SYMTYPE, str(entry.path.readlink())
        described.mode = 0o777
        archive.addfile(described)
    elif stat.S_ISDIR(status.st_mode):
        described.type, described.mode = tarfile.DIRTYPE, _DIRECTORY
        archive.addfile(described)
    elif stat.S_ISREG(status.st_mode):
        described.size = status.st_size
        described.mode = _PROGRAM if status.st_mode & stat.S_IXUSR else _FILE
        with entry.path.open("rb") as content:
            archive.addfile(described, content)
    else:
        raise BuildFailed(f"{entry.name} is neither a file nor a directory nor a link.")
