"""The local cloud's directory: which files it holds, and who is alive in it.

A control process holds an exclusive lock on ``lock`` as long as it, or a router it started, lives: the
kernel lets go of it at any death. Cheap to import: no moto, no aiohttp.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from herogate.local.runtimes.choice import RuntimeName

PROFILE = "herogate-local"
"""The profile that `local start` writes into its own AWS config file."""


def default_directory(environ: Mapping[str, str]) -> Path:
    """``$HEROGATE_LOCAL_DIR``, else ``herogate/local`` under the XDG state directory."""
    chosen = environ.get("HEROGATE_LOCAL_DIR")
    if chosen:
        return Path(chosen)
    state = environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    return Path(state) / "herogate" / "local"


class Directory:
    """The files of one local cloud."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self.log = self.path / "cloud.log"
        self.aws_config = self.path / "aws" / "config"
        self.aws_credentials = self.path / "aws" / "credentials"
        self.access_record = self.path / "access.jsonl"
        self._lock = self.path / "lock"
        self._status = self.path / "status.json"

    def make(self) -> None:
        """Make the directory, for its owner's eyes only."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.aws_config.parent.mkdir(mode=0o700, exist_ok=True)

    def room(self, name: str) -> Path:
        """A directory of this one for something's files, made for the owner's eyes only."""
        room = self.path / name
        room.mkdir(mode=0o700, exist_ok=True)
        return room

    def open_log(self) -> IO[bytes]:
        """The log, to be added to."""
        return open(self.log, "ab", opener=lambda path, flags: os.open(path, flags, 0o600))

    def lock(self) -> int | None:
        """Become the directory's control process: the lock's descriptor, or None if it is held."""
        descriptor = os.open(self._lock, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return None
        os.truncate(descriptor, 0)
        os.write(descriptor, str(os.getpid()).encode())
        return descriptor

    def is_locked(self) -> bool:
        """Whether a control process or its router is alive."""
        try:
            descriptor = os.open(self._lock, os.O_RDONLY)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)  # two may look at once
        except BlockingIOError:
            return True
        finally:
            os.close(descriptor)
        return False

    def control_pid(self) -> int | None:
        """The living control process's id, or None."""
        if not self.is_locked():
            return None
        try:
            pid = int(self._lock.read_text())
        except (FileNotFoundError, ValueError):
            return None
        return pid if is_alive(pid) else None

    def status(self) -> dict[str, Any]:
        """What the control process last told of itself; empty if it never did."""
        try:
            return dict(json.loads(self._status.read_text()))
        except (FileNotFoundError, ValueError):
            return {}

    def last_runtime(self) -> RuntimeName | None:
        """The runtime of the last control process; None if there never was one."""
        status = self.status()
        if not status:
            return None
        runtime = status.get("runtime")
        return RuntimeName(runtime["name"]) if runtime else RuntimeName.PROCESS

    def tell(self, status: Mapping[str, Any]) -> None:
        """Write what `status` will read, in one piece."""
        _write_private(self._status, json.dumps(status, indent=2))

    def write_profile(self, *, endpoint_url: str, region: str, key: str, secret: str) -> None:
        """Write the AWS config and credentials files that lead boto3 and the aws CLI to this cloud."""
        _write_private(
            self.aws_config,
            f"[profile {PROFILE}]\n"
            f"region = {region}\n"
            f"endpoint_url = {endpoint_url}\n"
            "s3 =\n    addressing_style = path\n",
        )
        _write_private(
            self.aws_credentials,
            f"[{PROFILE}]\naws_access_key_id = {key}\naws_secret_access_key = {secret}\n",
        )


def is_alive(pid: int | None) -> bool:
    """Whether a process of this id exists, be it only to be reaped."""
    if pid is None:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _write_private(path: Path, text: str) -> None:
    fresh = path.with_suffix(".new")
    fresh.touch(mode=0o600)
    fresh.write_text(text)
    fresh.replace(path)
