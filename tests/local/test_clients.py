"""Clients of the cloud's own threads: kept for those who come again, and not without end."""

from __future__ import annotations

import gc
import weakref

from herogate.local.clients import Clients
from herogate.local.identity import Credentials


def test_the_latest_clients_are_kept_and_no_others() -> None:
    clients = Clients("http://127.0.0.1:1", "token")

    def made(number: int) -> object:
        key = Credentials(access_key_id=f"AKIA{number:016}", secret_access_key="secret")
        return clients.client("sts", "us-east-1", key)

    first = weakref.ref(made(0))
    again = made(1) is made(1)
    for number in range(2, 70):
        made(number)
    gc.collect()
    assert (again, first()) == (True, None)
