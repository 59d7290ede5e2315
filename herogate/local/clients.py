"""boto3 clients that work on this very cloud in a caller's name, for the planes' threads."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Any

import boto3
from botocore.config import Config

from herogate.local.identity import Credentials

INTERNAL_HEADER = "x-herogate-internal"
"""Marks calls of this cloud's own threads: they are part of a step and do not wait for a checkpoint."""

_KEPT = 64
"""So many clients are kept: every role session has a key of its own, and a client takes a megabyte."""


class Clients:
    """Makes clients, and keeps the latest by service, region and key. Safe to use from any thread."""

    def __init__(self, endpoint_url: str, internal_token: str) -> None:
        self._endpoint_url = endpoint_url
        self._internal_token = internal_token
        self._lock = threading.Lock()
        self._session = boto3.Session()
        self._session.events.register("before-send.*.*", self._mark)
        self._clients: OrderedDict[tuple[str, str, str], Any] = OrderedDict()

    def client(self, service: str, region: str, credentials: Credentials) -> Any:
        """A client whose calls are real HTTP requests to the front door.

        Args:
            service: boto3's name of the service.
            region: the region signed for.
            credentials: in whose name it calls.
        """
        key = (service, region, credentials.access_key_id)
        with self._lock:
            if key not in self._clients:
                self._clients[key] = self._session.client(
                    service,  # type: ignore[call-overload]
                    region_name=region,
                    endpoint_url=self._endpoint_url,
                    aws_access_key_id=credentials.access_key_id,
                    aws_secret_access_key=credentials.secret_access_key,
                    aws_session_token=credentials.session_token,
                    config=_CONFIG,
                )
            self._clients.move_to_end(key)
            if len(self._clients) > _KEPT:
                self._clients.popitem(last=False)  # whoever works with it goes on
            return self._clients[key]

    def _mark(self, request: Any, **_: Any) -> None:
        request.headers[INTERNAL_HEADER] = self._internal_token


_CONFIG = Config(
    proxies={},
    retries={"mode": "standard", "total_max_attempts": 1},
    s3={"addressing_style": "path"},
    # Who is asked is this very process: an answer that takes long comes still, and who gave up waiting
    # for it would not know what was made.
    read_timeout=None,
)
