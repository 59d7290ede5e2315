"""The git repository around the working directory: its remotes, its branch, its settings.

Nothing of AWS is here. Where there is no repository, or no git installed, there is simply no checkout.
"""

from __future__ import annotations

import configparser
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from herogate.engine import git_remotes
from herogate.engine.remote_url import RemoteUrl
from herogate.errors import GitFailed, InvalidRequest

if TYPE_CHECKING:
    import git

DEFAULT_BRANCH = "main"

_QUOTED = re.compile(r"\s*stderr: '(.*)'\s*", re.DOTALL)
"""How GitPython wraps what git said."""


class Checkout:
    """A git repository, as far as Herogate reads and writes it."""

    def __init__(self, repository: git.Repo) -> None:
        self._repository = repository

    @classmethod
    def here(cls) -> Checkout | None:
        """The repository that the working directory lies in; None outside of one."""
        if shutil.which("git") is None:
            return None
        import git

        with _reported():
            try:
                directory = os.environ.get("GIT_DIR")
                return cls(git.Repo(directory, search_parent_directories=directory is None))
            except (git.InvalidGitRepositoryError, git.NoSuchPathError):
                return None

    @classmethod
    def required(cls) -> Checkout:
        """The repository here. Raises `GitFailed` where there is none."""
        found = cls.here()
        if found is None and shutil.which("git") is None:
            raise GitFailed("git is not on PATH.", "Install git, or add it to PATH.")
        if found is None:
            raise GitFailed(
                "This is no git repository.", "Run `git init` first, or change directory."
            )
        return found

    @property
    def branch(self) -> str:
        """The branch checked out; `main` where none is."""
        with _reported():
            head = self._repository.head
            return DEFAULT_BRANCH if head.is_detached else head.reference.name

    @property
    def remotes(self) -> Mapping[str, str]:
        """The URL of each remote by name, the first if it has several."""
        return git_remotes.read().urls

    def check_remote(self, name: str) -> None:
        """Raises `InvalidRequest` for a name that git takes for no remote."""
        with _reported():
            status, *_ = self._repository.git.check_ref_format(
                f"refs/remotes/{name}/{DEFAULT_BRANCH}",
                with_extended_output=True,
                with_exceptions=False,
            )
        if status:
            raise InvalidRequest(f"{name!r} cannot be the name of a git remote.")

    def set_remote(self, name: str, url: str) -> str | None:
        """Make a remote point to `url`; return where it pointed before, if elsewhere."""
        with _reported():
            previous = self.remotes.get(name)
            if previous is None:
                self._repository.create_remote(name, url)
            elif previous != url:
                self._repository.remote(name).set_url(url)
                return previous
            return None

    def forget(self, app: RemoteUrl) -> list[str]:
        """Remove the remotes of an app that is no more; return their names."""
        leading = [
            name
            for name, url in self.remotes.items()
            if (found := RemoteUrl.find(url)) is not None and _same(found, app)
        ]
        for name in leading:
            with _reported():
                self._repository.delete_remote(self._repository.remote(name))
        return leading


def clone(url: str, directory: str, *, remote: str) -> None:
    """Clone a repository; git itself tells on standard error how that goes. Raises `GitFailed`."""
    if shutil.which("git") is None:
        raise GitFailed("git is not on PATH.", "Install git, or add it to PATH.")
    ended = subprocess.run(["git", "clone", "--origin", remote, "--", url, directory], check=False)
    if ended.returncode:
        raise GitFailed(f"git could not clone {url}.")


def _same(remote: RemoteUrl, app: RemoteUrl) -> bool:
    return (
        remote.app == app.app
        and remote.region == app.region
        and remote.profile in (None, app.profile)
    )


@contextmanager
def _reported() -> Iterator[None]:
    """Let what git refuses, and a broken repository, leave as `GitFailed`."""
    from git.exc import GitCommandError, GitError

    try:
        yield
    except GitCommandError as error:
        said = _QUOTED.sub(r"\1", error.stderr).strip()
        raise GitFailed(f"git: {said}") from error
    except (GitError, OSError, ValueError, configparser.Error) as error:
        raise GitFailed(
            f"The git repository cannot be read: {error}", "`git status` may say more."
        ) from error
