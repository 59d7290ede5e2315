"""A local cloud within the test's own process, for what no API shows."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import threading
from collections.abc import AsyncIterator, Coroutine, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from local_cloud import LocalCloud
from roles import make_role

from herogate.local.cloud import Cloud
from herogate.local.directory import Directory
from herogate.local.runtimes import selection
from herogate.local.runtimes.choice import RuntimeName

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class CloudInside:
    """A cloud that runs on an event loop in a thread of the test's process."""

    cloud: Cloud
    loop: asyncio.AbstractEventLoop

    def run(self, work: Coroutine[Any, Any, T], seconds: float = 30) -> T:
        """Do something on the cloud's event loop."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(seconds)

    @property
    def outside(self) -> LocalCloud:
        """The cloud as its developer sees it."""
        credentials = self.cloud.root.credentials
        return LocalCloud(
            directory=self.cloud.directory,
            endpoint_url=self.cloud.endpoint_url,
            access_key_id=credentials.access_key_id,
            secret_access_key=credentials.secret_access_key,
        )

    def role(self, name: str, service: str, **statement: Any) -> str:
        """Make a role that a service trusts; its ARN. Its name must be new: moto is one for all."""
        allowed = {"Effect": "Allow", "Action": "sts:AssumeRole", **statement}
        trust = {
            "Version": "2012-10-17",
            "Statement": [{**allowed, "Principal": {"Service": service}}],
        }
        return make_role(self.outside.client("iam"), name, json.dumps(trust))


@contextlib.asynccontextmanager
async def inside(path: Path, runtime: str = RuntimeName.PROCESS) -> AsyncIterator[Cloud]:
    """A cloud on the test's own event loop, in this directory."""
    directory = Directory(path)
    directory.make()
    lock = directory.lock()
    assert lock is not None
    with _no_configuration():
        make = await selection.runtime(runtime, None, os.environ)
        cloud = Cloud(directory, lock=lock, runtime=make)
        try:
            await cloud.start(0)
            yield cloud
        finally:
            await cloud.stop()
            os.close(lock)


@contextlib.contextmanager
def cloud_inside(path: Path, runtime: str = RuntimeName.PROCESS) -> Iterator[CloudInside]:
    """A cloud on an event loop of a thread of its own, in this directory."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    def run(work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, loop).result(60)

    life = contextlib.AsyncExitStack()
    try:
        yield CloudInside(cloud=run(life.enter_async_context(inside(path, runtime))), loop=loop)
    finally:
        run(life.aclose())
        run(loop.shutdown_default_executor())
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@contextlib.contextmanager
def _no_configuration() -> Iterator[None]:
    """As the control process has it: no AWS configuration of the developer's is read."""
    changed = {
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    saved = {name: os.environ.get(name) for name in changed}
    os.environ.update(changed)
    try:
        yield
    finally:
        for name, value in saved.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
