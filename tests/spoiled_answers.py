"""Something between a test and its cloud that spoils answers to what was done all the same."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

_PAGE = b"<html>Something went wrong on the way.</html>"


@contextmanager
def spoiled_answers(upstream_url: str, operation: str) -> Iterator[str]:
    """The URL of an endpoint that gives everything to `upstream_url`, and another's page as the answer
    to one operation (``PutItem``) of a service that speaks JSON.
    """
    upstream = urlsplit(upstream_url).netloc

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            connection = http.client.HTTPConnection(upstream)
            connection.request("POST", self.path, body, dict(self.headers.items()))
            answer = connection.getresponse()
            content = answer.read()
            connection.close()
            is_spoiled = self.headers["X-Amz-Target"].endswith(f".{operation}")
            if is_spoiled:
                content = _PAGE
            self.send_response(403 if is_spoiled else answer.status)
            self.send_header("Content-Type", "application/x-amz-json-1.0")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
