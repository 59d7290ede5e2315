"""A git repository as its developer works in it: real git, and nobody's settings but its own."""

from __future__ import annotations

import base64
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from command_line import SCRIPTS, Said
from local_cloud import LocalCloud

_SIGNED = {
    "credential.helper": "!aws codecommit credential-helper --ignore-host-check $@",
    "credential.useHttpPath": "true",
}


@dataclass(frozen=True, kw_only=True)
class Work:
    """A folder with a git repository in it."""

    folder: Path
    environment: Mapping[str, str]
    settings: Mapping[str, str] = field(default_factory=dict)

    def git(self, *arguments: str, **more: str) -> Said:
        """Run git in the folder; keywords are environment variables."""
        settings = [word for pair in self.settings.items() for word in ("-c", "=".join(pair))]
        ended = subprocess.run(
            ["git", *settings, *arguments],
            cwd=self.folder,
            env={**self.environment, **more},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
        )
        return Said(out=ended.stdout, err=ended.stderr, code=ended.returncode)

    def done(self, *arguments: str) -> str:
        """What git answers to a command that must succeed."""
        said = self.git(*arguments)
        assert said.code == 0, said.err
        return said.out.strip()

    def commit(self, name: str, text: str | bytes = "", *arguments: str) -> str:
        """Write a file and commit it; the commit's id."""
        content = text.encode() if isinstance(text, str) else text
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        self.done("add", "--all")
        self.done("commit", "--quiet", "--message", f"Write {name}", *arguments)
        return self.tip

    @property
    def tip(self) -> str:
        """The id of the commit that is checked out."""
        return self.done("rev-parse", "HEAD")


def work_in(
    folder: Path, cloud: LocalCloud, *, branch: str = "master", settings: Mapping[str, str] = {}
) -> Work:
    """A new repository in a folder, whose git commands have the cloud's settings for AWS."""
    folder.mkdir()
    made = Work(folder=folder, environment=environment(folder.parent, cloud), settings=settings)
    made.done("init", "--quiet", f"--initial-branch={branch}")
    return made


def signing(folder: Path, cloud: LocalCloud) -> Work:
    """A new repository whose git signs with AWS's own credential helper."""
    return work_in(folder, cloud, settings=_SIGNED)


def with_password(folder: Path, cloud: LocalCloud, user: str, password: str) -> Work:
    """A new repository whose git says this user name and password, in a header of its configuration."""
    said = base64.b64encode(f"{user}:{password}".encode()).decode()
    return work_in(folder, cloud, settings={"http.extraHeader": f"Authorization: Basic {said}"})


def environment(home: Path, cloud: LocalCloud) -> dict[str, str]:
    """A developer's environment, with this folder as home."""
    person = {"NAME": "Ada", "EMAIL": "ada@example.com"}
    return {
        **cloud.environment,
        "HOME": str(home),
        "PATH": f"{SCRIPTS}:{os.environ['PATH']}",
        "LC_ALL": "C.UTF-8",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        **{f"GIT_AUTHOR_{key}": value for key, value in person.items()},
        **{f"GIT_COMMITTER_{key}": value for key, value in person.items()},
    }
