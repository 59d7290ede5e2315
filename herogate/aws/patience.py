"""How long AWS is waited for, and how often it is asked again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from botocore.client import BaseClient
from botocore.config import Config
from botocore.exceptions import (
    ConnectionError as NoConnection,
    ConnectTimeoutError,
    ReadTimeoutError,
)

_ATTEMPTS = 10
"""botocore's default of five gives up under throttling that a busy account sees every day."""

_SILENT_ATTEMPTS = 2
"""An endpoint that refuses connections is a wrong address or a cloud that is not running, and one that
keeps silent is behind a wrong network: the user is to be told so soon."""

_LONGER: Mapping[str, float] = {
    "cloudformation": 30.0,  # reads a whole template before it answers
    "logs": 30.0,  # searches
    "s3": 60.0,  # takes what is sent at the pace of the network
}


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How long a service may take.

    Attributes:
        connect_seconds: to take a connection.
        answer_seconds: to answer. All that is called works on after its answer, so botocore's minute
            is only how long a user looks at nothing.
        longer: in place of that, by service.
    """

    connect_seconds: float = 3.0
    answer_seconds: float = 15.0
    longer: Mapping[str, float] = field(default_factory=lambda: _LONGER)

    def config(self, service: str) -> Config:
        """What a client of a service is made with."""
        return Config(
            retries={"mode": "standard", "total_max_attempts": _ATTEMPTS},
            connect_timeout=self.connect_seconds,
            read_timeout=self.longer.get(service, self.answer_seconds),
        )


def give_up_in_time(client: BaseClient) -> None:
    """Have a client ask a service that refuses more often than one that is not there."""
    service = client.meta.service_model.service_id.hyphenize()
    client.meta.events.register_first(f"needs-retry.{service}", _check_hope)


def _check_hope(*, attempts: int, caught_exception: BaseException | None, **_: object) -> None:
    is_silent = isinstance(caught_exception, (NoConnection, ReadTimeoutError))
    is_hopeless = isinstance(caught_exception, ConnectTimeoutError) or (
        is_silent and attempts >= _SILENT_ATTEMPTS
    )
    if is_hopeless and caught_exception is not None:
        raise caught_exception
