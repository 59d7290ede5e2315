"""The control process of the local cloud: ``python -m herogate.local DIRECTORY``.

Started by ``lifecycle.py``; holds the directory's lock, serves until SIGTERM, and says on ``--ready-fd``
in one JSON line that it answers, or why not.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import json
import logging
import os
import signal
import sqlite3
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from herogate.local import internet
from herogate.local.directory import Directory
from herogate.local.log import BoundedLog
from herogate.local.runtimes.choice import AUTO, CHOICES, RuntimeUnavailable

if TYPE_CHECKING:
    from herogate.local.cloud import Cloud


def main() -> int:
    gc.disable()  # until it serves: all that is imported stays, and to look through it takes long
    options = _options()
    directory = Directory(Path(options.directory))
    directory.make()
    lock = directory.lock()
    if lock is None:
        _say(options.ready_fd, occupied=str(directory.path))
        return 1
    os.environ["AWS_EC2_METADATA_DISABLED"] = "true"
    os.environ.update(internet.around_proxies(os.environ))
    os.environ["AWS_CONFIG_FILE"] = os.environ["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull
    logging.basicConfig(
        level=logging.INFO,
        handlers=[BoundedLog(directory.log)],
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    logging.getLogger("botocore").setLevel(logging.WARNING)
    warnings.filterwarnings("ignore", message=r"Exception\((AwsError|Denied)\)")
    return asyncio.run(_serve(directory, options, lock))


async def _serve(directory: Directory, options: argparse.Namespace, lock: int) -> int:
    import botocore.session

    from herogate.local.gateway import PortUnavailable
    from herogate.local.moto_bridge.snapshot import SnapshotMismatch

    if options.region not in botocore.session.Session().get_available_regions("ec2"):
        _say(options.ready_fd, error=f"{options.region} is not an AWS region.")
        return 1
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    try:
        cloud = await _started(directory, options, lock)
    except RuntimeUnavailable as error:
        complaint = str(error)
    except PortUnavailable as error:
        complaint = f"Port {options.port} of this machine cannot be used: {error}."
    except SnapshotMismatch as error:
        complaint = (
            f"The state in {directory.path} cannot be read: {error}. "
            "Install that version, or move the directory away to begin anew."
        )
    except (OSError, sqlite3.Error) as error:
        complaint = f"The state in {directory.path} cannot be read or written: {error}."
    else:
        return await _serve_until(stop, cloud, options.ready_fd)
    _say(options.ready_fd, error=complaint)
    return 1


async def _started(directory: Directory, options: argparse.Namespace, lock: int) -> Cloud:
    from herogate.local.cloud import Cloud
    from herogate.local.runtimes import selection

    runtime = await selection.runtime(options.runtime, directory.last_runtime(), os.environ)
    cloud = Cloud(directory, lock=lock, trusted_hosts=options.trust_host, runtime=runtime)
    await cloud.start(options.port, any_port=options.any_port)
    credentials = cloud.root.credentials
    directory.write_profile(
        endpoint_url=cloud.endpoint_url,
        region=options.region,
        key=credentials.access_key_id,
        secret=credentials.secret_access_key,
    )
    return cloud


async def _serve_until(stop: asyncio.Event, cloud: Cloud, ready_fd: int) -> int:
    gc.freeze()
    gc.enable()
    _say(ready_fd, endpoint_url=cloud.endpoint_url)
    logging.getLogger("herogate.local").info("answers at %s", cloud.endpoint_url)
    await stop.wait()
    await cloud.stop()
    return 0


def _say(descriptor: int, **words: str) -> None:
    """Tell whoever waits for the start; the cloud stays when that command has been killed meanwhile."""
    with contextlib.suppress(BrokenPipeError):
        os.write(descriptor, json.dumps(words).encode() + b"\n")
    os.close(descriptor)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m herogate.local")
    parser.add_argument("directory")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--any-port", action="store_true")
    parser.add_argument("--region", default="us-east-1")
    parser.add_argument("--trust-host", action="append", default=[])
    parser.add_argument("--runtime", choices=CHOICES, default=AUTO)
    parser.add_argument("--ready-fd", type=int, required=True)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
