"""The docker engine of tests marked `docker`, and small images for it: a busybox and nothing else.

`DOCKER_HOST` says where the engine is, as for docker's own client. Where none answers such tests are
skipped, unless `HEROGATE_DOCKER=required` says that there must be one, as in CI.
"""

from __future__ import annotations

import asyncio
import functools
import hashlib
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from host_images import layer, link, push
from local_cloud import LocalCloud

from herogate.local.runtimes import host
from herogate.local.runtimes.choice import RuntimeName, RuntimeUnavailable
from herogate.local.runtimes.selection import runtime

PROGRAMS = (
    *(
        "awk",
        "cat",
        "chmod",
        "cut",
        "echo",
        "env",
        "false",
        "grep",
        "head",
        "hostname",
        "httpd",
        "id",
    ),
    *("ip", "kill", "ls", "mkdir", "nc", "nproc", "printf", "ps", "pwd", "sh", "sleep", "sort"),
    *("rm", "stat", "tail", "tee", "test", "touch", "tr", "true", "wc", "wget", "yes"),
)


@functools.cache
def missing() -> str | None:
    """Why there is no engine for tests; None if there is one."""
    try:
        asyncio.run(runtime(RuntimeName.DOCKER, None, os.environ))
    except RuntimeUnavailable as error:
        return str(error)
    return None if _busybox().is_file() else "There is no static busybox: install busybox-static."


def need_engine() -> None:
    """Skip the test where there is no engine, or fail where there must be one."""
    reason = missing()
    if reason is not None and os.environ.get("HEROGATE_DOCKER") == "required":
        pytest.fail(reason)
    if reason is not None:
        pytest.skip(reason)


def busybox_layer(files: Mapping[str, str | bytes] | None = None) -> bytes:
    """A layer with busybox under all its names, and these files, which can be executed."""
    links = [link(f"bin/{name}", "busybox") for name in PROGRAMS]
    users = "root:x:0:0::/:/bin/sh\nann:x:1234:1234::/home/ann:/bin/sh\n"
    return layer({"bin/busybox": busybox_binary(), "etc/passwd": users, **(files or {})}, *links)


def push_busybox(
    cloud: LocalCloud, files: Mapping[str, str | bytes] | None = None, **settings: Any
) -> str:
    """Push an image of busybox and these files; how a task definition refers to it."""
    return push(cloud, [busybox_layer(files)], annotations={}, **settings)


def busybox_binary() -> bytes:
    """The program alone: under a name, it does what that name says."""
    return _busybox().read_bytes()


def containers_of(directory: Path) -> list[str]:
    """The ids of all containers that the cloud of a directory has in the engine, whatever they do."""
    listed = docker("ps", "--all", "--quiet", "--filter", f"label={label_of(directory)}")
    return sorted(listed.split())


def label_of(directory: Path) -> str:
    """The label of all that the cloud of a directory has in the engine."""
    return f"dev.herogate.local={hashlib.sha256(str(directory).encode()).hexdigest()[:12]}"


def docker(*words: str, **options: Any) -> str:
    """What docker's client says; it must succeed."""
    ran = subprocess.run(
        [str(host.client()), *words], capture_output=True, text=True, timeout=120, **options
    )
    assert ran.returncode == 0, ran.stderr
    return str(ran.stdout)


def _busybox() -> Path:
    return Path(shutil.which("busybox") or "/bin/busybox")
