"""git, run so that nothing outside of this cloud has a say in it.

No system or user configuration, no hooks, no terminal, no variable of whoever started the cloud. Every
git holds the directory's lock, so that the next control process begins when the last git is gone.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from asyncio import StreamReader, StreamWriter
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_CONFIGURATION = """\
[core]
	# Hooks are somebody's programs; CodeCommit runs none.
	hooksPath = /dev/null
	# What was answered is on disk, also when the machine loses its power.
	fsync = committed,reference
	fsyncMethod = batch
[gc]
	# Rare and within a push, so that no git ever works behind the cloud's back.
	autoDetach = false
[http]
	receivePack = true
	getAnyFile = false
[lsRefs]
	# An empty repository has no default branch, not even a promised one.
	unborn = ignore
[receive]
	# Also of a bare repository: the default branch stays.
	denyDeleteCurrent = refuse
[safe]
	directory = *
"""


class GitRefused(Exception):
    """A git command ended with an error; the message is what it said."""


@dataclass(frozen=True, kw_only=True)
class Running:
    """A git at work, with its pipes."""

    process: Process
    stdin: StreamWriter
    stdout: StreamReader
    stderr: StreamReader

    def kill(self) -> None:
        """End it, with all that it started; one that has ended stays so."""
        if self.process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)


class Git:
    """The git program.

    Args:
        home: a directory that is git's home, with a configuration of ours.
        lock: the cloud's lock, which every git inherits.
    """

    def __init__(self, home: Path, lock: int) -> None:
        self.home = home
        self._lock = lock

    def prepare(self) -> None:
        """Write git's configuration; to be called at each start, since it may have changed."""
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        (self.home / ".gitconfig").write_text(_CONFIGURATION)

    async def start(self, *arguments: str, environment: Mapping[str, str]) -> Running:
        """A running git with pipes to its standard input and output; a group of its own."""
        process = await asyncio.create_subprocess_exec(
            "git",
            *arguments,
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
            cwd=self.home,
            env={**self._environment(), **environment},
            pass_fds=(self._lock,),
            start_new_session=True,
        )
        if process.stdin is None or process.stdout is None or process.stderr is None:
            raise ValueError("pipes were asked for")
        return Running(
            process=process, stdin=process.stdin, stdout=process.stdout, stderr=process.stderr
        )

    async def ask(self, repository: Path, *arguments: str, stdin: bytes = b"") -> bytes:
        """What a command says about a repository. Raises `GitRefused`."""
        running = await self.start(f"--git-dir={repository}", *arguments, environment={})
        try:
            said, complaint = await running.process.communicate(stdin)
        finally:
            running.kill()
        if running.process.returncode != 0:
            raise GitRefused(complaint.decode(errors="replace").strip())
        return said

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(self.home),
            "XDG_CONFIG_HOME": str(self.home),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_TERMINAL_PROMPT": "0",
            "LC_ALL": "C.UTF-8",
        }
