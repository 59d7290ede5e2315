"""Something between a test and its cloud that spoils answers, or gives those of an AWS that is later."""

from __future__ import annotations

import http.client
import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

_PAGE = b"<html>Something went wrong on the way.</html>"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What an endpoint answers a call with."""

    status: int
    content: bytes


Pass = Callable[[], Answer]
"""Gives a call to the cloud, and has its answer."""


@dataclass(frozen=True, kw_only=True)
class Late:
    """What an AWS answers that is not so far yet.

    Attributes:
        operation: of a service that speaks JSON (``DescribeTasks``).
        calls: which of its calls, from 1 on, are answered so and go no further.
        status: 200 for an answer, else a refusal.
    """

    operation: str
    calls: range
    content: Mapping[str, Any]
    status: int = 200

    @classmethod
    def refused(cls, operation: str, code: str, reason: str, *, calls: range) -> Late:
        content = {"__type": code, "message": reason}
        return cls(operation=operation, calls=calls, content=content, status=400)


@contextmanager
def spoiled_answers(upstream_url: str, operation: str) -> Iterator[str]:
    """The URL of an endpoint that gives everything to `upstream_url`, and another's page as the answer
    to one operation (``PutItem``) of a service that speaks JSON.
    """

    def answer(asked: str, on: Pass) -> Answer:
        given = on()
        return Answer(status=403, content=_PAGE) if asked == operation else given

    with _between(upstream_url, answer) as url:
        yield url


@contextmanager
def late_answers(upstream_url: str, *late: Late) -> Iterator[str]:
    """The URL of an endpoint that gives to `upstream_url` what is not answered late.

    Whoever does not ask for all late answers has not been tried.
    """
    asked: Counter[str] = Counter()

    def answer(operation: str, on: Pass) -> Answer:
        asked[operation] += 1
        for each in late:
            if each.operation == operation and asked[operation] in each.calls:
                return Answer(status=each.status, content=json.dumps(each.content).encode())
        return on()

    with _between(upstream_url, answer) as url:
        yield url
    assert [each for each in late if asked[each.operation] < each.calls[-1]] == []


@contextmanager
def _between(upstream_url: str, answer: Callable[[str, Pass], Answer]) -> Iterator[str]:
    upstream = urlsplit(upstream_url).netloc

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))

            def on() -> Answer:
                connection = http.client.HTTPConnection(upstream)
                connection.request("POST", self.path, body, dict(self.headers.items()))
                given = connection.getresponse()
                content = given.read()
                connection.close()
                return Answer(status=given.status, content=content)

            given = answer(self.headers["X-Amz-Target"].rpartition(".")[2], on)
            self.send_response(given.status)
            self.send_header("Content-Type", "application/x-amz-json-1.0")
            self.send_header("Content-Length", str(len(given.content)))
            self.end_headers()
            self.wfile.write(given.content)

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
