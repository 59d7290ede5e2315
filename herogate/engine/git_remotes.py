"""What git's settings tell of remotes, asked of git itself.

Every command that is told no app asks this first, and importing GitPython takes thirty times as long as
git does to answer.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from herogate.errors import GitFailed

_CHOSEN = "herogate.remote"
_ASKED = rf"^(remote\..+\.url|{_CHOSEN.replace('.', '[.]')})$"
_NONE_FOUND = 1


@dataclass(frozen=True, kw_only=True)
class GitRemotes:
    """The remotes of the repository that the working directory lies in; none outside of one.

    Attributes:
        urls: the URL of each by name, the first if it has several.
        chosen: what ``git config herogate.remote`` says.
    """

    urls: Mapping[str, str] = field(default_factory=dict)
    chosen: str | None = None


def read() -> GitRemotes:
    """The remotes as they are now; none where there is no git. Raises `GitFailed`."""
    if shutil.which("git") is None:
        return GitRemotes()
    told = subprocess.run(
        ["git", "config", "-z", "--get-regexp", _ASKED], capture_output=True, check=False
    )
    if told.returncode > _NONE_FOUND:
        said = os.fsdecode(told.stderr).strip()
        raise GitFailed(f"The git repository cannot be read: {said}", "`git status` may say more.")
    urls: dict[str, str] = {}
    chosen = None
    for key, value in _settings(os.fsdecode(told.stdout)):
        if key == _CHOSEN:
            chosen = value or None
        else:
            urls.setdefault(key.removeprefix("remote.").removesuffix(".url"), value)
    return GitRemotes(urls=urls, chosen=chosen)


def _settings(told: str) -> Iterator[tuple[str, str]]:
    """Name and value of each setting, in the order in which git reads them."""
    for setting in told.split("\0")[:-1]:
        key, _, value = setting.partition("\n")
        yield key, value
