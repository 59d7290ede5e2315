"""Which blobs are garbage, and that they go; what a kill leaves is taken up or cleared away."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from local_cloud import LocalCloud, running
from registries import client_of, digest_of, login, unique

from herogate.local.directory import Directory
from herogate.local.planes.registry.layers import garbage
from herogate.local.planes.registry.records import Layer, Repository

NOW = 1000.0


def test_garbage_is_what_no_image_refers_to_and_no_push_waits_for() -> None:
    shop, other = (Repository(region="us-east-1", name=name) for name in ("shop", "other"))
    old, fresh, used = (
        Layer(digest=digest, size=1, awaited_until=until)
        for digest, until in (("old", NOW - 1), ("fresh", NOW + 1), ("used", 0))
    )
    layers = [(shop, old), (shop, fresh), (shop, used), (other, used)]

    assert garbage(layers, {(shop, "used")}, NOW) == [(shop, old), (other, used)]


def test_contents_go_with_the_last_image_that_refers_to_them(cloud: LocalCloud) -> None:
    shop, other = (client_of(cloud, unique("garbage")) for _ in range(2))
    own, shared = os.urandom(16), os.urandom(16)
    shop.push_image([own, shared], "v1")
    other.push_image([shared], "v1")
    assert blob(cloud.directory, own).exists()
    assert shop.call("DELETE", "manifests/v1").status == 202

    eventually(lambda: not blob(cloud.directory, own).exists())
    assert blob(cloud.directory, shared).exists()
    assert other.call("GET", f"blobs/{digest_of(shared)}").body == shared


def test_what_a_kill_leaves_is_taken_up_or_cleared_away(directory: Directory) -> None:
    cloud, name = running(directory), unique("killed")
    shop = client_of(cloud, name)
    image = shop.push_image([b"layer"], "v1")
    upload = shop.call("POST", "blobs/uploads/", b"").headers["Location"]
    assert shop.call("PATCH", upload, b"01234").status == 202
    stray = blob(directory, b"stray")
    stray.parent.mkdir(parents=True, exist_ok=True)
    stray.write_bytes(b"stray")
    kill(directory)

    cloud = running(directory)
    again = type(shop)(address=cloud.endpoint_url, repository=shop.repository, headers=login(cloud))
    digest = digest_of(b"0123456789")
    assert again.call("PUT", f"{upload}?digest={digest}", b"56789").status == 201
    assert again.call("GET", f"blobs/{digest}").body == b"0123456789"
    assert digest_of(again.call("GET", "manifests/v1").body) == image
    eventually(lambda: not stray.exists())


def blob(directory: Directory, content: bytes) -> Path:
    """Where a blob's content lies."""
    digest = digest_of(content).removeprefix("sha256:")
    return directory.path / "registry" / "blobs" / "sha256" / digest[:2] / digest


def kill(directory: Directory) -> None:
    """End the cloud as nothing else does, and wait until all of it has gone."""
    pid = directory.control_pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    eventually(lambda: not directory.is_locked())


def eventually(holds: Callable[[], bool]) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)
