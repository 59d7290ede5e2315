"""The API operations that the local cloud answers itself; all others are answered by moto.

One module per service, each a set of functions marked with `operation`. A function gets a `Call`
and returns the operation's result as botocore's service model shapes it (a mapping), or the `Reply`
of `Call.proceed` when moto's own answer is good and only its surroundings needed work. It refuses by
raising `AwsError`. Parsing and serialising is ``wire.py``'s; nothing here sees XML or HTTP.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from herogate.local.errors import AwsError

if TYPE_CHECKING:
    from herogate.local.cloud import Cloud
    from herogate.local.identity import Caller

Result = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Reply:
    """An answer that is already on the wire's form.

    `result` is the parsed output (empty for an error), `error` the error when it is one.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    result: Mapping[str, Any] = field(default_factory=dict)
    error: tuple[str, str] | None = None

    @property
    def ok(self) -> bool:
        return self.error is None and self.status < 300

    def granted(self) -> Mapping[str, Any]:
        """The result. Raises `AwsError` where the answer is a refusal."""
        if self.error is not None:
            code, message = self.error
            raise AwsError(code, message, status=self.status)
        return self.result


@dataclass(frozen=True, kw_only=True)
class Call:
    """One authenticated request for one operation.

    `parameters` are shaped by botocore's input model (names as boto3 spells them). `caller` is who
    signed it.
    """

    cloud: Cloud
    service: str
    operation: str
    region: str
    caller: Caller
    endpoint_url: str
    """This cloud as the caller addresses it (through a proxy, the proxy's address)."""
    parameters: Mapping[str, Any]
    proceed: Callable[..., Awaitable[Reply]]
    """Let moto answer this very request; the reply carries moto's result or error. Parameters given to
    it are sent in place of the caller's."""

    async def ask(self, service: str, operation: str, **parameters: Any) -> Mapping[str, Any]:
        """Call another operation of the cloud as part of this one, whose caller has the right to it.

        Raises `AwsError` where the operation refuses.
        """
        return await self.cloud.calls.perform(
            service, operation, parameters, region=self.region, caller=self.caller
        )


Operation = Callable[[Call], Awaitable[Result | Reply]]

_OPERATIONS: dict[tuple[str, str], Operation] = {}


def operation(service: str, name: str) -> Callable[[Operation], Operation]:
    """Mark an async function as the local cloud's own answer to `service`'s operation `name`.

    `service` is botocore's service name ("elbv2"), `name` the API's ("CreateListener").
    """

    def register(function: Operation) -> Operation:
        key = (service, name)
        if key in _OPERATIONS:
            raise ValueError(f"{service}:{name} is answered twice")
        _OPERATIONS[key] = function
        return function

    return register


@cache
def operations() -> Mapping[tuple[str, str], Operation]:
    """Every operation answered here, by (service, name); imports the modules on first use."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    return dict(_OPERATIONS)
