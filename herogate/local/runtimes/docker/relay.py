"""What runs in a task's network, and in a build engine's: it leads connections to the local cloud.

The local cloud listens on this machine's loopback interface, which containers do not see: each of their
networks has its own. This program listens in such a network where the cloud listens on the machine, and
hands each connection on to a socket of the cloud's that is mounted beside it. So the cloud has one
address inside and outside, a firewall of the machine's is not in the way, and nobody else gets in.

Run by a bare interpreter, as text, with the port as its argument: it imports little, nothing of ours.
"""

from __future__ import annotations

import contextlib
import os
import socket
import sys
import threading

_DOOR = "/herogate/door.sock"
_CHUNK_BYTES = 1 << 16


def main() -> None:
    listening = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=128)
    os.write(1, b"ready\n")
    while True:
        client, _ = listening.accept()
        threading.Thread(target=_serve, args=(client,), daemon=True).start()


def _serve(client: socket.socket) -> None:
    door = socket.socket(socket.AF_UNIX)
    with client, door, contextlib.suppress(OSError):
        door.connect(_DOOR)
        back = threading.Thread(target=_pass_on, args=(door, client), daemon=True)
        back.start()
        _pass_on(client, door)
        back.join()


def _pass_on(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while received := source.recv(_CHUNK_BYTES):
            sink.sendall(received)
    with contextlib.suppress(OSError):
        sink.shutdown(socket.SHUT_WR)


if __name__ == "__main__":
    main()
