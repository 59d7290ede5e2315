"""The process that leaves nothing of a cloud in a docker engine, however the cloud ends.

Run by path with a bare interpreter, so it imports nothing of ours. Its arguments are the engine's
socket, the label that everything of the cloud's carries, the directory of the cloud's sockets, and the
address of its registry. It removes what an earlier life of the cloud has left, says ``ready`` (or why
it cannot), waits for the end of its standard input, which is the cloud's, and removes everything again,
with the images that were pulled.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import shutil
import signal
import socket
import sys
import time
from urllib.parse import quote

TYPE_CHECKING = False  # `typing` takes longer to import than all the rest
if TYPE_CHECKING:
    from typing import Any

_PAUSE_SECONDS = 0.1
_QUIET_ROUNDS = 2
"""What the cloud asked for last may still be in the making when it is gone."""

_ROUNDS = 300


def main() -> None:
    place, label, directory, registry = sys.argv[1:]
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        _sweep(place, label)
    except (OSError, http.client.HTTPException) as error:
        os.write(1, f"{error}\n".encode())
        return
    os.write(1, b"ready\n")
    while os.read(0, 512):
        pass
    with contextlib.suppress(OSError, http.client.HTTPException):  # the engine is no more
        _sweep(place, label)
        _remove_pulled(place, registry)
    shutil.rmtree(directory, ignore_errors=True)


def _sweep(place: str, label: str) -> None:
    """Remove all that carries the label; return when nothing more comes."""
    quiet = 0
    for _ in range(_ROUNDS):
        quiet = 0 if _remove_all(place, label) else quiet + 1
        if quiet == _QUIET_ROUNDS:
            return
        time.sleep(_PAUSE_SECONDS)


def _remove_all(place: str, label: str) -> bool:
    """Remove what there is at present; whether there was anything."""
    labelled = quote(json.dumps({"label": [label]}))
    containers = _ask(place, "GET", f"/containers/json?all=1&filters={labelled}")
    for container in containers:
        _ask(place, "DELETE", f"/containers/{container['Id']}?force=1&v=1")
    networks = _ask(place, "GET", f"/networks?filters={labelled}")
    for network in networks:
        _ask(place, "DELETE", f"/networks/{network['Id']}")
    images = _ask(place, "GET", f"/images/json?filters={labelled}")
    for image in images:
        _ask(place, "DELETE", f"/images/{image['Id']}?force=1")
    return bool(containers or networks or images)


def _remove_pulled(place: str, registry: str) -> None:
    """Remove what was pulled from the cloud's registry; what somebody has tagged is theirs and stays."""
    for image in _ask(place, "GET", "/images/json"):
        for reference in image.get("RepoDigests") or ():
            if reference.startswith(f"{registry}/"):
                _ask(place, "DELETE", f"/images/{reference}")


def _ask(place: str, method: str, path: str) -> list[dict[str, Any]]:
    """The engine's answer; a refusal is an empty one, since the next round asks again."""
    connection = _Connection(place)
    try:
        connection.request(method, path)
        response = connection.getresponse()
        body = response.read()
    finally:
        connection.close()
    found: list[dict[str, Any]] = json.loads(body) if response.status == 200 and body else []
    return found


class _Connection(http.client.HTTPConnection):
    def __init__(self, place: str) -> None:
        super().__init__("docker")
        self._place = place

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self._place)


if __name__ == "__main__":
    main()
