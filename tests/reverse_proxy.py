"""A plain HTTP reverse proxy for tests, as nginx or a tunnel would stand before a cloud."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

Rewrite = Callable[[dict[str, str], str], None]
"""Changes the headers of a request as a kind of proxy does; gets them and the upstream's host."""


def forwarding(headers: dict[str, str], upstream: str) -> None:
    """Name the upstream as Host and tell in X-Forwarded-Host what the client asked for."""
    headers["X-Forwarded-Host"] = headers["Host"]
    headers["Host"] = upstream


def preserving(headers: dict[str, str], upstream: str) -> None:
    """Pass the Host on as the client sent it."""


@contextmanager
def reverse_proxy(
    upstream_url: str, rewrite: Rewrite, *, address: str = "127.0.0.1"
) -> Iterator[int]:
    """A reverse proxy on a free port of `address`, in front of `upstream_url`. Yields the port."""
    upstream = urlsplit(upstream_url).netloc

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = dict(self.headers.items())
            rewrite(headers, upstream)
            connection = http.client.HTTPConnection(upstream)
            connection.request(self.command, self.path, body, headers)
            answer = connection.getresponse()
            content = answer.read()
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in {"content-length", "connection", "transfer-encoding"}:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
            connection.close()

        do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = pass_on  # noqa: N815

        def log_message(self, *_: Any) -> None:
            return

    server = ThreadingHTTPServer((address, 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
