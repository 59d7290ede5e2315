"""A commit's files as CodePipeline's zip: links become text files, and modes are lost."""

from __future__ import annotations

import asyncio
import zipfile
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path

from herogate.local.planes.git.program import Git

_SUBMODULE = b"commit"


async def of_commit(git: Git, repository: Path, commit_id: str) -> bytes:
    """The zip of a commit. Raises `GitRefused`."""
    listed = await git.ask(repository, "ls-tree", "-r", "-z", commit_id)
    files = list(_files(listed))
    asked = b"".join(identity + b"\n" for identity, _ in files)
    contents = await git.ask(repository, "cat-file", "--batch", stdin=asked)
    return await asyncio.to_thread(_zipped, [path for _, path in files], contents)


def _files(listed: bytes) -> Iterator[tuple[bytes, str]]:
    """Object and path of each file; a submodule is left out."""
    for entry in listed.split(b"\0")[:-1]:
        described, _, path = entry.partition(b"\t")
        _, kind, identity = described.split()
        if kind != _SUBMODULE:
            yield identity, path.decode(errors="replace")


def _zipped(paths: Sequence[str], contents: bytes) -> bytes:
    archive, position = BytesIO(), 0
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as zipped:
        for path in paths:
            end = contents.index(b"\n", position)
            start, size = end + 1, int(contents[position:end].split()[2])
            content = contents[start : start + size]
            zipped.writestr(zipfile.ZipInfo(path), content, zipfile.ZIP_DEFLATED)
            position = start + size + 1
    return archive.getvalue()
