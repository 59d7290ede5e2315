"""The control process of the local cloud: ``python -m herogate.local DIRECTORY``.

Started by ``lifecycle.py``; holds the directory's lock, serves until SIGTERM, and says on ``--ready-fd``
in one JSON line that it answers, or why not.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import signal
import sys
import warnings
from pathlib import Path

from herogate.local.directory import Directory


def main() -> int:
    options = _options()
    directory = Directory(Path(options.directory))
    directory.make()
    lock = directory.lock()
    if lock is None:
        _say(options.ready_fd, error="Another local cloud has just been started here.")
        return 1
    os.environ["AWS_EC2_METADATA_DISABLED"] = "true"
    os.environ["AWS_CONFIG_FILE"] = os.environ["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull
    logging.basicConfig(
        level=logging.INFO,
        stream=sys.stderr,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    logging.getLogger("botocore").setLevel(logging.WARNING)
    warnings.filterwarnings("ignore", message=r"Exception\(AwsError\)")
    return asyncio.run(_serve(directory, options, lock))


async def _serve(directory: Directory, options: argparse.Namespace, lock: int) -> int:
    from herogate.local.cloud import Cloud
    from herogate.local.moto_bridge.snapshot import SnapshotMismatch

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    cloud = Cloud(directory, lock=lock, trusted_hosts=options.trust_host)
    try:
        await cloud.start(options.port, any_port=options.any_port)
    except (OSError, SnapshotMismatch) as error:
        _say(options.ready_fd, error=_complaint(error, options.port, directory))
        return 1
    credentials = cloud.root.credentials
    directory.write_profile(
        endpoint_url=cloud.endpoint_url,
        region=options.region,
        key=credentials.access_key_id,
        secret=credentials.secret_access_key,
    )
    _say(options.ready_fd, endpoint_url=cloud.endpoint_url)
    logging.getLogger("herogate.local").info("answers at %s", cloud.endpoint_url)
    await stop.wait()
    await cloud.stop()
    return 0


def _complaint(error: Exception, port: int, directory: Directory) -> str:
    if isinstance(error, OSError):
        return f"Port {port} of this machine cannot be used: {error.strerror or error}."
    return (
        f"The state in {directory.path} cannot be read: {error}. "
        "Install that version, or move the directory away to begin anew."
    )


def _say(descriptor: int, **words: str) -> None:
    os.write(descriptor, json.dumps(words).encode() + b"\n")
    os.close(descriptor)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m herogate.local")
    parser.add_argument("directory")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--any-port", action="store_true")
    parser.add_argument("--region", default="us-east-1")
    parser.add_argument("--trust-host", action="append", default=[])
    parser.add_argument("--ready-fd", type=int, required=True)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
