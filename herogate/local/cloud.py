"""The local cloud put together: moto, the store, the planes and the front door, in one process."""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import string
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

from herogate.local.authorization.authority import Authority
from herogate.local.calls import Calls
from herogate.local.checkpoint import Checkpoints
from herogate.local.clients import Clients
from herogate.local.credentials import RoleCredentials
from herogate.local.directory import Directory
from herogate.local.gateway import Door, Gateway, PortUnavailable
from herogate.local.identity import Caller, Credentials
from herogate.local.moto_bridge import hooks
from herogate.local.moto_bridge.calls import Moto
from herogate.local.moto_bridge.settings import ACCOUNT_ID
from herogate.local.moto_bridge.snapshot import Snapshots
from herogate.local.operations import operations
from herogate.local.planes.cloudformation import CloudFormationPlane
from herogate.local.planes.codebuild import CodeBuildPlane
from herogate.local.planes.codepipeline import CodePipelinePlane
from herogate.local.planes.ecs import EcsPlane
from herogate.local.planes.elb import ElbPlane
from herogate.local.planes.events import EventsPlane
from herogate.local.planes.git import GitPlane
from herogate.local.planes.logs import LogsPlane
from herogate.local.planes.registry import RegistryPlane
from herogate.local.planes.scheduler import SchedulerPlane
from herogate.local.runtimes.process import ProcessRuntime
from herogate.local.runtimes.runtime import Runtime
from herogate.local.store import Store

log = logging.getLogger("herogate.local")

USER = "developer"
"""The IAM user whose key `local start` hands out."""


class Plane(Protocol):
    """Makes true what is declared, as long as the cloud runs."""

    async def start(self) -> None:
        """Take up what the store says was under way."""

    async def stop(self) -> None:
        """Leave off, with nothing left running."""


class Cloud:
    """What planes and operations work with.

    Attributes:
        account_id: the account's number (12 digits).
        endpoint_url: where the front door listens.
        root: the developer's identity, under which planes look at what they keep true.
        stopping: set when the cloud is about to stop; threads end at their next step.
        directory: where the cloud's state lives.
        calls: has API calls answered.
        authority: says what roles may do.
        credentials: what running tasks and builds are given of their roles.
        lock: the directory's lock, which every child process inherits: it is held until all are gone.
        runtime: what runs containers, and what builds make images with.

    Args:
        runtime: makes it.
    """

    account_id = ACCOUNT_ID

    def __init__(
        self,
        directory: Directory,
        *,
        lock: int,
        trusted_hosts: Iterable[str] = (),
        runtime: Callable[[Cloud], Runtime] = ProcessRuntime,
    ) -> None:
        self.directory = directory
        self.lock = lock
        self.store = Store(directory.path / "cloud.db")
        self.moto = Moto()
        self.stopping = threading.Event()
        self._started = asyncio.Event()
        self.endpoint_url = ""
        self.root: Caller
        self._snapshots = Snapshots(directory.path / "contents")
        self._checkpoints = Checkpoints(self.store, self.moto, self._snapshots)
        self.calls = Calls(self, self._checkpoints)
        self._doors: dict[str, Door] = {}
        self._gateway = Gateway(self, self._doors, trusted_hosts)
        self._started_at = time.time()
        self._internal = secrets.token_urlsafe(32)
        self._clients: Clients
        self.authority = Authority(self)
        self.credentials = RoleCredentials(self)
        self.runtime = runtime(self)
        self.logs = LogsPlane(self)
        self.elb = ElbPlane(self)
        self.registry = RegistryPlane(self)
        self.git = GitPlane(self)
        self.events = EventsPlane(self)
        self.ecs = EcsPlane(self)
        self.codebuild = CodeBuildPlane(self)
        self.codepipeline = CodePipelinePlane(self)
        self.scheduler = SchedulerPlane(self)
        self.cloudformation = CloudFormationPlane(self)
        self._planes: tuple[Plane, ...] = (
            self.logs,
            self.elb,
            self.registry,
            self.git,
            self.events,
            self.ecs,
            self.codebuild,
            self.codepipeline,
            self.scheduler,
            self.cloudformation,
        )

    async def start(self, port: int, *, any_port: bool = False) -> None:
        """Restore the state, open the front door, resume what was under way.

        Args:
            port: where the front door listens on 127.0.0.1; 0 takes a free port.
            any_port: take a free port if `port` is taken.

        Raises:
            PortUnavailable: the port is taken.
            SnapshotMismatch: the state was written with another version of moto.
            OSError, sqlite3.Error: the directory cannot be read or written.
        """
        self.root = await self.moto.run(self._restore)
        self._checkpoints.moto_changed()
        try:
            opened = await self._gateway.open(port)
        except PortUnavailable:
            if not any_port:
                raise
            opened = await self._gateway.open(0)
        self.endpoint_url = f"http://127.0.0.1:{opened}"
        self._clients = Clients(self.endpoint_url, self._internal)
        operations()
        for plane in self._planes:
            await plane.start()
        self._started.set()
        await self._checkpoints.durable()
        self.directory.tell(self._status())

    async def started(self) -> None:
        """Return when every plane has taken up what was under way.

        Until then nothing new is begun from outside: a plane would take it for something of before.
        """
        await self._started.wait()

    def publish(self) -> None:
        """Tell what `herogate local status` shows; called again whenever that changes."""
        if self.endpoint_url:
            try:
                self.directory.tell(self._status())
            except OSError as error:
                log.warning("what `local status` shows cannot be written: %s", error)

    async def stop(self) -> None:
        """Stop in the order that loses nothing, with a last checkpoint."""
        self.stopping.set()
        for plane in reversed(self._planes):
            await plane.stop()
        await self._gateway.close()
        await self._checkpoints.close()
        self.moto.close()
        self.store.close()

    def open_door(self, path: str, door: Door) -> None:
        """Have requests whose path begins so, and that are no API calls, answered by a plane."""
        self._doors[path] = door

    async def answer_at(self, path: Path) -> None:
        """Answer at a socket in the file system as at the front door. Raises `OSError`."""
        await self._gateway.open_at(path)

    def client(self, service: str, region: str, credentials: Credentials) -> Any:
        """A boto3 client on this cloud, for a thread that works in somebody's name."""
        return self._clients.client(service, region, credentials)

    def whole(self) -> AbstractAsyncContextManager[None]:
        """For tasks of the event loop: no checkpoint is taken inside (see ``checkpoint.py``)."""
        return self._checkpoints.step()

    async def kept(self) -> None:
        """For tasks of the event loop: return when everything done so far is on disk."""
        await self._checkpoints.durable()

    def step(self) -> AbstractContextManager[None]:
        """`whole` for threads."""
        return self._checkpoints.step_in_thread()

    def durable(self) -> None:
        """`kept` for threads."""
        self._checkpoints.durable_in_thread()

    def is_own_host(self, host: str) -> bool:
        """Whether this cloud is addressed so (``127.0.0.1:4566``, ``localhost``, a trusted name)."""
        return self._gateway.answers_to(host)

    def is_internal(self, token: str | None) -> bool:
        """Whether a request carries the mark of this process's own clients."""
        return token is not None and secrets.compare_digest(token, self._internal)

    def _status(self) -> dict[str, Any]:
        return {
            "pid": os.getpid(),
            "endpoint_url": self.endpoint_url,
            "started_at": self._started_at,
            "load_balancer": self.elb.status(),
            "runtime": dict(self.runtime.description),
        }

    def _restore(self) -> Caller:
        saved = self.store.snapshot()
        if saved is not None:
            stamp, body = saved
            self._snapshots.load(body, stamp)
        return hooks.ensure_user(USER, _access_key_id(), secrets.token_urlsafe(30))


def _access_key_id() -> str:
    alphabet = string.ascii_uppercase + "234567"
    return "AKIA" + "".join(secrets.choice(alphabet) for _ in range(16))
