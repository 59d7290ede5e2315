"""Images of the host base for tests: layers made of a few files, pushed as a builder pushes them."""

from __future__ import annotations

import gzip
import io
import json
import platform
import tarfile
from collections.abc import Mapping, Sequence
from typing import Any

from local_cloud import LocalCloud
from registries import OCI_IMAGE, client_at, client_of, digest_of, image_of, unique

ARCHITECTURE = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
HOST_BASE = {"dev.herogate.base": "host"}


def layer(files: Mapping[str, str | bytes], *members: tarfile.TarInfo) -> bytes:
    """A layer with these files, all of them executable, and any further members without content."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for member in members:
            archive.addfile(member)
        for name, content in files.items():
            body = content.encode() if isinstance(content, str) else content
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(body), 0o755
            archive.addfile(member, io.BytesIO(body))
    return gzip.compress(packed.getvalue(), mtime=0)


def link(name: str, target: str, kind: bytes = tarfile.SYMTYPE) -> tarfile.TarInfo:
    """A member that links to another one."""
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, target
    return member


def push(
    cloud: LocalCloud,
    layers: Sequence[bytes],
    *,
    annotations: Mapping[str, str] = HOST_BASE,
    architecture: str = ARCHITECTURE,
    media_type: str | None = None,
    repository: str | None = None,
    **settings: Any,
) -> str:
    """Push an image; how a task definition refers to it.

    Args:
        repository: one that is there; None for a new one.
        settings: of the image's configuration: `Env`, `Cmd`, `Entrypoint` ….
    """
    name = repository or unique("image")
    client = client_at(cloud, name) if repository else client_of(cloud, name)
    config = {
        "os": "linux",
        "architecture": architecture,
        "config": settings,
        "rootfs": {"type": "layers", "diff_ids": [_diff_id(each) for each in layers]},
    }
    body = json.dumps(config).encode()
    kind = {} if media_type is None else {"mediaType": media_type}
    text = image_of(
        {"digest": client.push_blob(body), "size": len(body)},
        [{"digest": client.push_blob(each), "size": len(each), **kind} for each in layers],
        annotations=dict(annotations),
    )
    put = client.call("PUT", "manifests/1", text, Content_Type=OCI_IMAGE)
    assert put.status == 201, put.body
    host = cloud.endpoint_url.removeprefix("http://")
    return f"{host}/{cloud.region}/{name}@{digest_of(text)}"


def _diff_id(layer: bytes) -> str:
    """The digest of a layer's tar; some tests push layers that are none."""
    return digest_of(gzip.decompress(layer) if layer.startswith(b"\x1f\x8b") else layer)
