"""The contents of large objects, in files by their digest, so that a snapshot need not repeat them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LARGE_BYTES = 64 * 1024
"""From this size on an object's content stands in a file."""

_MARK = "herogate_content"
"""The attribute of moto's object that says which file holds its content."""


@dataclass(frozen=True, kw_only=True)
class Content:
    """A reference to a content file."""

    digest: str


class Contents:
    """Content files of one directory."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._used: set[str] = set()

    def begin(self) -> None:
        """A snapshot is about to be written or read: no file is in use as far as it is known."""
        self._used = set()

    def state(self, key: Any) -> dict[str, Any]:
        """The state of an S3 object (moto's ``FakeKey``) with a reference in place of its value."""
        marked: tuple[Content, Any] | None = vars(key).get(_MARK)
        if marked is None or marked[1] != key.etag or not self._file(marked[0].digest).exists():
            marked = (self._write(key.value), key.etag)
            setattr(key, _MARK, marked)
        self._used.add(marked[0].digest)
        left_out = {"_value_buffer", "lock", _MARK}
        kept = {name: value for name, value in vars(key).items() if name not in left_out}
        return {**kept, "value": marked[0]}

    def read(self, digest: str) -> bytes:
        """A content by its digest."""
        self._used.add(digest)
        return self._file(digest).read_bytes()

    def forget_unused(self) -> None:
        """Remove the files that the last snapshot does not name."""
        if self._directory.is_dir():
            for file in self._directory.iterdir():
                if file.name not in self._used:
                    file.unlink()

    def _file(self, digest: str) -> Path:
        return self._directory / digest

    def _write(self, content: bytes) -> Content:
        digest = hashlib.sha256(content).hexdigest()
        file = self._file(digest)
        if not file.exists():
            self._directory.mkdir(mode=0o700, exist_ok=True)
            fresh = file.with_suffix(".new")
            fresh.write_bytes(content)
            fresh.replace(file)
        return Content(digest=digest)
