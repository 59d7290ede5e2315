"""Lets moto answer a request, as its decorators would: by URL, in this process.

Moto is not thread-safe and a snapshot must see it at rest: everything of it happens on one worker
thread, in the order in which it was asked for.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from herogate.local.moto_bridge import settings  # noqa: F401  (before moto)

# isort: split
import moto.backends
from botocore.awsrequest import AWSPreparedRequest
from botocore.compat import HTTPHeaders
from moto.core import DEFAULT_ACCOUNT_ID
from moto.core.base_backend import BackendDict
from moto.core.exceptions import HTTPException
from moto.core.request import normalize_request
from moto.core.utils import get_service_model

from herogate.local.errors import AwsError, not_supported
from herogate.local.moto_bridge import (
    bucket_policies,
    encryption_contexts,
    log_groups,
    queries,
    task_definitions,
    transactions,
)

T = TypeVar("T")
Answer = tuple[int, Mapping[str, str], bytes]

_GLOBAL_HOSTS = {"iam": "iam.amazonaws.com", "route53": "route53.amazonaws.com"}
"""Services whose endpoint has no region in its name."""


@dataclass(frozen=True, kw_only=True)
class HttpRequest:
    """A request without its transport: `target` is path and query as they came over the wire."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes


class Moto:
    """moto on its own thread."""

    def __init__(self) -> None:
        bucket_policies.install()
        encryption_contexts.install()
        log_groups.install()
        task_definitions.install()
        queries.install()
        transactions.install()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="moto")

    async def run(self, work: Callable[[], T]) -> T:
        """Run `work` on moto's thread, after everything asked for before."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    async def answer(
        self, service: str, operation: str, region: str, request: HttpRequest
    ) -> Answer:
        """Moto's answer to a request for `operation` of `service` (botocore's names).

        Raises `AwsError` (501) by name where moto has no such operation.
        """
        return await self.run(lambda: _answer(service, operation, region, request))

    def close(self) -> None:
        self._thread.shutdown(wait=True)


def _answer(service: str, operation: str, region: str, request: HttpRequest) -> Answer:
    host = _host(service, region)
    url = f"https://{host}{request.target}"
    prepared = AWSPreparedRequest(
        request.method, url, _headers(request.headers), request.body, stream_output=False
    )
    normalized = normalize_request(prepared)
    clean_url = f"https://{host}{request.target.partition('?')[0]}"
    for pattern, method in _urls(service):
        if pattern.match(clean_url):
            try:
                status, headers, body = method(normalized, normalized.raw_url, normalized.headers)
            except HTTPException as error:
                status, headers, body = error.code, dict(error.get_headers()), error.get_body()
            except NotImplementedError as error:
                raise not_supported(f"{service}:{operation}") from error
            return int(status), _plain(headers), body.encode() if isinstance(body, str) else body
    raise not_supported(f"{service}:{operation}")


def _host(service: str, region: str) -> str:
    prefix = get_service_model(service).endpoint_prefix
    return _GLOBAL_HOSTS.get(service, f"{prefix}.{region}.amazonaws.com")


def _headers(headers: Mapping[str, str]) -> HTTPHeaders:
    kept = HTTPHeaders()
    for name, value in headers.items():
        # The URL names the host; a length or an encoding of the transport no longer applies.
        if name.lower() not in {"host", "transfer-encoding", "connection"}:
            kept[name] = value
    return kept


def _plain(headers: Mapping[str, Any]) -> dict[str, str]:
    return {str(name): str(value) for name, value in headers.items() if name.lower() != "status"}


@cache
def _urls(service: str) -> list[tuple[re.Pattern[str], Callable[..., Any]]]:
    """The service's URL patterns and what answers them, most specific as moto lists them."""
    try:
        backends: Any = moto.backends.get_backend(service)
    except (ImportError, KeyError) as error:
        raise AwsError(
            "NotImplemented", f"The local cloud has no {service}.", status=501
        ) from error
    if isinstance(backends, BackendDict):
        account: Any = backends[DEFAULT_ACCOUNT_ID]
        backend = account["us-east-1" if "us-east-1" in account else "aws"]
    else:
        backend = backends["global"]
    return [(re.compile(url), method) for url, method in backend.urls.items()]
