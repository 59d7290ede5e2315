"""Being told to end while something is under way."""

from __future__ import annotations

import io
import os
import signal
import time
from collections.abc import Iterator

import pytest

from herogate.cli.interruptions import Interrupted, Interruptions


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """Signals are handled afterwards as they were before."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGALRM)
    before = [signal.getsignal(number) for number in numbers]
    yield
    assert [signal.getsignal(number) for number in numbers] == before


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_a_signal_to_end_is_raised_with_a_shells_exit_code(number: int, code: int) -> None:
    with Interruptions(), pytest.raises(Interrupted) as interrupted:
        os.kill(os.getpid(), number)
    assert interrupted.value.exit_code == code


def test_what_is_held_back_is_raised_once_when_the_block_has_done_its_work() -> None:
    done: list[str] = []

    def work(*, told_to_end: bool) -> None:
        with interruptions.held_back():
            if told_to_end:
                os.kill(os.getpid(), signal.SIGTERM)
            done.append("work")

    with Interruptions() as interruptions:
        with pytest.raises(Interrupted):
            work(told_to_end=True)
        interruptions.taken()
        work(told_to_end=False)
    assert done == ["work", "work"]


def test_what_python_drops_in_silence_is_raised_again() -> None:
    class Answer(io.IOBase):
        def close(self) -> None:
            if not self.closed:
                super().close()
                os.kill(os.getpid(), signal.SIGTERM)

    def ask() -> None:
        Answer()  # is finalised at once
        time.sleep(60)

    with Interruptions(), pytest.raises(Interrupted):
        ask()


def test_what_is_ignored_stays_so() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with Interruptions():
            os.kill(os.getpid(), signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)
