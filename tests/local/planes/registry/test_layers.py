"""Which blobs are garbage, and that they go; what a kill leaves is taken up or cleared away."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from local_cloud import LocalCloud, running
from registries import Client, client_of, digest_of, image_of, login, unique
from waiting import wait_until

from herogate.local.directory import Directory
from herogate.local.planes.registry.layers import garbage
from herogate.local.planes.registry.records import Layer, Repository

NOW = 1000.0


def test_garbage_is_what_no_image_refers_to_and_no_push_waits_for() -> None:
    shop, other = (Repository(region="us-east-1", name=name) for name in ("shop", "other"))
    old, fresh, done, used = (
        Layer(digest=digest, size=1, pushes=pushes, awaited_until=until)
        for digest, pushes, until in (
            ("old", 1, NOW - 1),
            ("fresh", 1, NOW + 1),
            ("done", 0, NOW + 1),
            ("used", 0, 0),
        )
    )
    layers = [(shop, old), (shop, fresh), (shop, done), (shop, used), (other, used)]

    assert garbage(layers, {(shop, "used")}, NOW) == [(shop, old), (shop, done), (other, used)]


def test_contents_go_with_the_last_image_that_refers_to_them(cloud: LocalCloud) -> None:
    shop, other = (client_of(cloud, unique("garbage")) for _ in range(2))
    own, shared = blobs(2)
    shop.push_image([own, shared], "v1")
    other.push_image([shared], "v1")
    assert blob(cloud.directory, digest_of(own)).exists()
    assert shop.call("DELETE", "manifests/v1").status == 202

    wait_until(lambda: not blob(cloud.directory, digest_of(own)).exists())
    assert blob(cloud.directory, digest_of(shared)).exists()
    assert other.call("GET", f"blobs/{digest_of(shared)}").body == shared


def test_a_blob_stays_for_a_push_that_relies_on_it_though_another_image_of_it_goes(
    cloud: LocalCloud,
) -> None:
    shop = client_of(cloud, unique("relied"))
    config, own, shared = ({"digest": shop.push_blob(each), "size": 16} for each in blobs(3))
    assert shop.call("HEAD", f"blobs/{shared['digest']}").status == 200
    assert shop.call("HEAD", f"blobs/{config['digest']}").status == 200
    first = shop.call("PUT", "manifests/first", image_of(config, [own, shared]))
    assert shop.call("DELETE", "manifests/first").status == 202
    wait_until(lambda: shop.call("GET", f"blobs/{own['digest']}").status == 404)

    second = shop.call("PUT", "manifests/second", image_of(config, [shared]))
    assert (first.status, second.status) == (201, 201)
    assert shop.call("GET", f"blobs/{shared['digest']}").status == 200
    assert shop.call("DELETE", "manifests/second").status == 202
    wait_until(lambda: not blob(cloud.directory, str(shared["digest"])).exists())


def test_what_a_kill_leaves_is_taken_up_or_cleared_away(directory: Directory) -> None:
    cloud, name = running(directory), unique("killed")
    shop = client_of(cloud, name)
    image = shop.push_image([b"layer"], "v1")
    upload = shop.call("POST", "blobs/uploads/", b"").headers["Location"]
    assert shop.call("PATCH", upload, b"01234").status == 202
    stray = blob(directory, digest_of(b"stray"))
    stray.parent.mkdir(parents=True, exist_ok=True)
    stray.write_bytes(b"stray")
    kill(directory)

    cloud = running(directory)
    again = Client(address=cloud.endpoint_url, repository=shop.repository, headers=login(cloud))
    digest = digest_of(b"0123456789")
    assert again.call("PUT", f"{upload}?digest={digest}", b"56789").status == 201
    assert again.call("GET", f"blobs/{digest}").body == b"0123456789"
    assert digest_of(again.call("GET", "manifests/v1").body) == image
    wait_until(lambda: not stray.exists())


def blobs(number: int) -> list[bytes]:
    """Contents that nobody else has."""
    return [os.urandom(16) for _ in range(number)]


def blob(directory: Directory, digest: str) -> Path:
    """Where a blob's content lies."""
    name = digest.removeprefix("sha256:")
    return directory.path / "registry" / "blobs" / "sha256" / name[:2] / name


def kill(directory: Directory) -> None:
    """End the cloud as nothing else does, and wait until all of it has gone."""
    pid = directory.control_pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not directory.is_locked())
