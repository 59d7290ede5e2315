"""Herogate's own package, as it runs inside CodeBuild: which one belongs to this installation."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

from herogate import __version__
from stacks import names

_PACKAGES = ("buildspecs", "herogate", "stacks")


@cache
def key() -> str:
    """Where in a space's bucket the package of this installation lies: by version and content."""
    digest = hashlib.sha256()
    for package in _PACKAGES:
        for path, content in sorted(_sources(resources.files(package), package)):
            digest.update(f"{path}\n{len(content)}\n".encode() + content)
    return names.package_key(__version__, digest.hexdigest()[:16])


def _sources(folder: Traversable, path: str) -> Iterator[tuple[str, bytes]]:
    for entry in folder.iterdir():
        inner = f"{path}/{entry.name}"
        if entry.is_dir():
            yield from _sources(entry, inner)
        elif entry.name.endswith((".py", ".yml")):
            yield inner, entry.read_bytes()
