"""A port of this machine's loopback addresses: held, served, closed."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket

from herogate.local.planes.elb import tls
from herogate.local.planes.elb.client import Client, ClientReader
from herogate.local.planes.elb.serve import Traffic, converse
from herogate.local.planes.elb.table import Listener, Protocol

_BACKLOG = 1024


def hold(number: int) -> Port:
    """Take a port on 127.0.0.1 and, where this machine has it, on ::1, so `localhost` works.

    Connections wait in the backlog until a listener is attached. Raises OSError if it is taken.
    """
    sockets = [_bind(socket.AF_INET, "127.0.0.1", number)]
    try:
        sockets.append(_bind(socket.AF_INET6, "::1", number))
    except OSError as error:
        if error.errno not in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):
            sockets[0].close()
            raise
    return Port(number, sockets)


def _bind(family: socket.AddressFamily, address: str, number: int) -> socket.socket:
    # Named by protocol, so that asyncio switches Nagle's algorithm off on its connections.
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family is socket.AF_INET6:
            bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        bound.bind((address, number))
        bound.listen(_BACKLOG)
        bound.setblocking(False)
    except OSError:
        bound.close()
        raise
    return bound


class Port:
    """A held port. `listener` may be replaced at any time; the next request sees the new one."""

    def __init__(self, number: int, sockets: list[socket.socket]) -> None:
        self.listener: Listener | None = None
        self._number = number
        self._sockets = sockets
        self._servers: list[asyncio.Server] = []
        self._clients: dict[asyncio.Task[None], Client] = {}

    async def attach(self, listener: Listener, traffic: Traffic) -> None:
        """Serve a listener from now on; clients of the one before are let go."""
        self._let_go()
        security = None
        if listener.protocol is Protocol.HTTPS:
            security = await asyncio.to_thread(tls.server_context, listener.all_certificates)
        self.listener = listener
        loop = asyncio.get_running_loop()
        for bound in self._sockets:
            server = await loop.create_server(
                lambda: self._connection(traffic),
                sock=bound.dup(),
                ssl=security,
                backlog=_BACKLOG,
            )
            self._servers.append(server)

    def close(self) -> None:
        """Listen no more. Requests under way are finished; idle connections end now."""
        self.listener = None
        self._let_go()
        for bound in self._sockets:
            bound.close()

    def _let_go(self) -> None:
        for server in self._servers:
            server.close()
        self._servers.clear()
        for client in self._clients.values():
            client.closes = True
            if client.is_idle:
                client.writer.close()

    def _connection(self, traffic: Traffic) -> asyncio.StreamReaderProtocol:
        reader = ClientReader()

        def connected(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            if self.listener is None:
                writer.close()
                return
            client = Client(reader=reader, writer=writer, listener=self.listener)
            task = asyncio.get_running_loop().create_task(self._talk(client, traffic))
            self._clients[task] = client
            task.add_done_callback(self._clients.pop)

        return asyncio.StreamReaderProtocol(reader, connected)

    async def _talk(self, client: Client, traffic: Traffic) -> None:
        try:
            with contextlib.suppress(OSError):
                await converse(client, self._number, traffic)
        finally:
            client.writer.close()
