"""Puts an image's layers on top of one another in a directory.

A program of its own: what was pushed is read outside the control process, and costs it nothing. Run by
path with a bare interpreter; standard input is JSON: ``{"root", "layers": [{"path", "media_type"}]}``.
It ends with 1 and a line on standard error where a layer is refused.

Nothing is ever written outside the root: a layer that would go through a symbolic link, or out by
``..``, is refused, and so are devices. Symbolic links that mean ``/app`` of the image are made relative,
since it is somewhere else here.
"""

from __future__ import annotations

import json
import lzma
import os
import posixpath
import shutil
import sys
import tarfile
import zlib
from pathlib import Path

_WHITEOUT = ".wh."
_OPAQUE = ".wh..wh..opq"
_OWN = "/app"
"""Where the image's own files are; all else is this machine's."""


class Refused(Exception):
    """A layer that is not unpacked; the message says why."""


def main() -> int:
    asked = json.load(sys.stdin)
    root = Path(asked["root"])
    try:
        for layer in asked["layers"]:
            _apply(Path(layer["path"]), layer["media_type"], root)
    except (Refused, tarfile.TarError, OSError, EOFError, zlib.error, lzma.LZMAError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _apply(layer: Path, media_type: str, root: Path) -> None:
    if media_type.endswith("zstd"):
        raise Refused(f"the layer's compression is not supported: {media_type}")
    touched: set[Path] = set()
    with tarfile.open(layer, "r:*") as archive:
        for member in archive:
            path = _within(root, member.name)
            if path == root:
                continue
            _check_parents(root, path, member.name)
            if path.name == _OPAQUE:
                _clear(path.parent, touched)
            elif path.name.startswith(_WHITEOUT):
                _remove(path.with_name(path.name.removeprefix(_WHITEOUT)))
            else:
                _write(archive, member, path, root)
                touched.update((path, *path.parents))
    if (root / _OWN[1:]).is_symlink():
        raise Refused(f"a layer makes a link of {_OWN}")


def _within(root: Path, name: str) -> Path:
    parts = [part for part in name.split("/") if part not in {"", "."}]
    if ".." in parts:
        raise Refused(f"a layer leads out of the image: {name}")
    return root.joinpath(*parts)


def _check_parents(root: Path, path: Path, name: str) -> None:
    """Have the directories above be directories, none of them behind a link."""
    parent = root
    for part in path.parent.relative_to(root).parts:
        parent = parent / part
        if parent.is_symlink() or (parent.exists() and not parent.is_dir()):
            raise Refused(f"a layer writes through something that is no directory: {name}")
    parent.mkdir(parents=True, exist_ok=True)


def _write(archive: tarfile.TarFile, member: tarfile.TarInfo, path: Path, root: Path) -> None:
    if member.isdir():
        if path.is_symlink() or not path.is_dir():
            _remove(path)
            path.mkdir()
        path.chmod(member.mode & 0o777 | 0o700)
        return
    _remove(path)
    if member.issym():
        path.symlink_to(_target(member))
    elif member.islnk():
        _link(root, member, path)
    elif member.isreg():
        _copy(archive, member, path)
    else:
        raise Refused(f"a layer holds something that is no file, directory or link: {member.name}")


def _target(link: tarfile.TarInfo) -> str:
    """What a symbolic link says, relative to itself if it means a file of the image."""
    target = link.linkname
    if target != _OWN and not target.startswith(f"{_OWN}/"):
        return target
    here = posixpath.dirname(posixpath.join("/", link.name))
    return posixpath.relpath(target, posixpath.normpath(here))


def _link(root: Path, member: tarfile.TarInfo, path: Path) -> None:
    source = _within(root, member.linkname)
    _check_parents(root, source, member.linkname)
    if source.is_symlink() or not source.is_file():
        raise Refused(f"a layer links to what is no file of the image: {member.name}")
    os.link(source, path)


def _copy(archive: tarfile.TarFile, member: tarfile.TarInfo, path: Path) -> None:
    content = archive.extractfile(member)
    if content is None:
        raise Refused(f"a layer has no content for a file: {member.name}")
    with content, path.open("xb") as file:
        shutil.copyfileobj(content, file, 1 << 20)
    path.chmod(member.mode & 0o777)
    os.utime(path, (member.mtime, member.mtime))


def _clear(directory: Path, touched: set[Path]) -> None:
    """Remove what lower layers have in a directory, at any depth."""
    for entry in sorted(directory.iterdir()):
        if entry not in touched:
            _remove(entry)
        elif entry.is_dir() and not entry.is_symlink():
            _clear(entry, touched)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


if __name__ == "__main__":
    sys.exit(main())
