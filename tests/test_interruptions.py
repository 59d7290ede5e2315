"""Being told to end while something is under way."""

from __future__ import annotations

import io
import os
import signal
import time
import weakref
from collections.abc import Iterator

import pytest

from herogate.interruptions import Interrupted, Interruptions, served


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
        with pytest.raises(Interrupted) as interrupted:
            work(told_to_end=True)
        interrupted.value.taken()
        work(told_to_end=False)
    assert done == ["work", "work"]


class Answer(io.IOBase):
    """What is told to end while it is finalised."""

    def close(self) -> None:
        if not self.closed:
            super().close()
            os.kill(os.getpid(), signal.SIGTERM)


def test_what_python_drops_while_it_finalises_is_raised_again() -> None:
    def ask() -> None:
        Answer()  # is finalised at once
        time.sleep(60)

    with Interruptions(), pytest.raises(Interrupted):
        ask()


def test_of_what_python_cannot_raise_nobody_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    def end(_: object) -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(0)

    def ask() -> None:
        watched = Interruptions()
        watcher = weakref.ref(watched, end)
        del watched
        assert watcher() is None
        time.sleep(60)

    with Interruptions(), pytest.raises(Interrupted):
        ask()
    assert capsys.readouterr().err == ""


def test_what_comes_while_another_is_answered_is_raised_again_too() -> None:
    def ask() -> None:
        try:
            os.kill(os.getpid(), signal.SIGINT)
        except Interrupted as interrupted:
            interrupted.taken()
            Answer()  # is finalised at once
            time.sleep(60)

    with Interruptions(), pytest.raises(Interrupted) as last:
        ask()
    assert last.value.exit_code == 143


def test_what_is_cleared_up_on_its_way_is_let_finish() -> None:
    def work() -> None:
        try:
            os.kill(os.getpid(), signal.SIGTERM)
        finally:
            try:
                int("an answer of another kind")
            except ValueError:
                signal.pause()  # until it would have been raised again
            done.append("cleared up")

    done: list[str] = []
    with Interruptions(), pytest.raises(Interrupted):
        work()
    assert done == ["cleared up"]


def test_after_the_first_that_was_taken_nothing_more_is_heard_if_once_is_enough() -> None:
    with Interruptions(once=True):
        with pytest.raises(Interrupted) as interrupted:
            os.kill(os.getpid(), signal.SIGINT)
        interrupted.value.taken()
        os.kill(os.getpid(), signal.SIGINT)


def test_a_ctrl_c_may_be_left_to_the_program_that_has_the_terminal() -> None:
    with Interruptions() as interruptions:
        with interruptions.left_to_a_child():
            os.kill(os.getpid(), signal.SIGINT)
        with interruptions.left_to_a_child(), pytest.raises(Interrupted):
            os.kill(os.getpid(), signal.SIGHUP)


def test_a_program_that_is_told_to_end_exits_as_a_shell_reports_it() -> None:
    def work(_: Interruptions) -> int:
        os.kill(os.getpid(), signal.SIGTERM)
        return 0

    def take_it_and_go(interruptions: Interruptions) -> int:
        try:
            return work(interruptions)
        except Interrupted as interrupted:
            interrupted.taken()
            raise

    def make_a_class(_: Interruptions) -> int:
        class Field:
            def __set_name__(self, *_: object) -> None:
                os.kill(os.getpid(), signal.SIGHUP)

        return len(type("Model", (), {"field": Field()}).__name__)

    works = (work, take_it_and_go, make_a_class, lambda _: 7)
    assert [served(each) for each in works] == [143, 143, 129, 7]


def test_what_is_ignored_stays_so() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with Interruptions():
            os.kill(os.getpid(), signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)
