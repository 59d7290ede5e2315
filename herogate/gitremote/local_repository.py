"""The repository in which git was started, as far as a push asks it anything."""

from __future__ import annotations

import os
import subprocess

from herogate.engine.repositories import Access
from herogate.errors import GitFailed
from herogate.gitremote.decisions import PushersRepository
from herogate.gitremote.transport import environment


def pushers_repository() -> PushersRepository:
    """The repository that git's environment names."""
    return PushersRepository(resolve=_resolve, has=_has, precedes=_precedes)


def fetch_commit(commit: str, access: Access) -> None:
    """Fetch a commit that was released and that no branch has any more, unless it is here already.

    Raises:
        GitFailed: the repository does not give it away.
    """
    if _has(commit):
        return
    fetched = subprocess.run(
        ["git", "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", access.clone_url, commit],
        env=environment(os.environ, access, {}),
        capture_output=True,
        text=True,
        check=False,
    )
    if fetched.returncode != 0:
        raise GitFailed(
            f"The released commit {commit[:8]} is on no branch any more and cannot be fetched.",
            fetched.stderr.strip(),
        )


def _resolve(name: str) -> str:
    found = _git("rev-parse", "--verify", "--quiet", "--end-of-options", name)
    if found.returncode != 0:
        raise GitFailed(f"{name} is nothing that could be pushed.")
    return found.stdout.strip()


def _has(commit: str) -> bool:
    return _git("cat-file", "-e", f"{commit}^{{commit}}").returncode == 0


def _precedes(earlier: str, later: str) -> bool:
    return _git("merge-base", "--is-ancestor", earlier, later).returncode == 0


def _git(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["git", *arguments], capture_output=True, text=True, check=False)
