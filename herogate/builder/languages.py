"""What a language needs on the host base: an environment beside the source."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from herogate.builder.layers import Entry, tree
from herogate.builder.talk import Talk

NOT_OF_THE_APP = frozenset({".git", ".herogate"})
"""What lies in the source's directory and is not the app's."""


@dataclass(frozen=True, kw_only=True)
class Workplace:
    """Where a build works.

    Attributes:
        source: what was pushed.
        scratch: an empty directory.
        environment: the build's own, whole.
    """

    source: Path
    scratch: Path
    environment: Mapping[str, str]


class Language(Protocol):
    """A language that an app is written in."""

    @property
    def name(self) -> str:
        """As people write it."""

    @property
    def paths(self) -> tuple[str, ...]:
        """Where in the image its programs are."""

    @property
    def variables(self) -> Mapping[str, str]:
        """What an app in it finds in its environment."""

    @property
    def own_directories(self) -> tuple[str, ...]:
        """What lies in the source's directory and in the environment's layer."""

    @property
    def default_web(self) -> str | None:
        """What runs as `web` when there is no Procfile."""

    def key(self) -> str | None:
        """What the environment depends on; None if there is nothing to install."""

    @property
    def completes_source(self) -> bool:
        """Whether something of the source is yet to be made, in the environment."""

    def install(self, talk: Talk) -> Iterable[Entry]:
        """Install the environment; the files of its layer. Raises `BuildFailed`."""

    def complete_source(self, root: Path, talk: Talk) -> None:
        """Make what is missing of the source; the environment's layer is unpacked below `root`."""


def key_of(*parts: str) -> str:
    """One key for all that an environment depends on, this machine included."""
    machine = f"{platform.system()} {platform.machine()} {' '.join(platform.libc_ver())}"
    digest = hashlib.sha256()
    for part in (machine, *parts):
        digest.update(f"{len(part)}\n{part}".encode(errors="surrogateescape"))
    return digest.hexdigest()


def fingerprint(source: Path) -> str:
    """What the whole source is, for an environment that depends on it."""
    return key_of(*_contents(source))


def _contents(source: Path) -> Iterator[str]:
    for entry in tree(source, ".", without=NOT_OF_THE_APP):
        yield entry.name
        if entry.path.is_symlink():
            yield str(entry.path.readlink())
        elif entry.path.is_file():
            yield hashlib.sha256(entry.path.read_bytes()).hexdigest()
