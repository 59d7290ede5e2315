"""Calls made at once: their answers in order, and nobody kept waiting who was interrupted."""

from __future__ import annotations

import subprocess
import sys
from functools import partial
from threading import Barrier

import pytest

from herogate.aws.at_once import at_once, both

INTERRUPTED = """\
import time
from herogate.aws.at_once import both

def fail():
    raise KeyboardInterrupt

both(fail, lambda: time.sleep(600))
"""


def test_calls_meet_and_are_answered_in_their_order() -> None:
    together = Barrier(10)

    def call(number: int) -> int:
        together.wait(10)
        return number

    assert at_once([partial(call, number) for number in range(20)]) == list(range(20))
    assert at_once([partial(pow, 2, 3)]) == [8]
    assert both(lambda: "one", lambda: 2) == ("one", 2)


def test_the_first_failure_in_their_order_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        at_once([lambda: 1, lambda: 1 // 0, lambda: int("x")])


def test_who_is_interrupted_waits_for_no_call_under_way() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", INTERRUPTED], capture_output=True, text=True, timeout=30
    )
    assert "KeyboardInterrupt" in ended.stderr
