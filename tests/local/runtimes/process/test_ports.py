"""Ports that are free and given out once."""

from __future__ import annotations

import socket

import pytest

from herogate.local.runtimes.process import ports
from herogate.local.runtimes.process.ports import Ports


def test_no_port_is_given_out_twice_nor_one_that_somebody_listens_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = Ports().take()
    monkeypatch.setattr(ports, "_RANGE", range(first, first + 1))
    with socket.create_server(("127.0.0.1", first)), pytest.raises(OSError, match="no port"):
        Ports().take()
    own = Ports()
    assert own.take() == first
    with pytest.raises(OSError, match="no port of this machine's loopback interface is free"):
        own.take()
    own.give_back(first)
    assert own.take() == first
