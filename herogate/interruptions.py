"""Being told to end, by Ctrl-C or by who started the program: how every program of ours hears of it."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_AGAIN_SECONDS = 0.5


class Interrupted(KeyboardInterrupt):
    """The program was told to end. Whoever catches it says that it is `taken`.

    Attributes:
        exit_code: as a shell reports the signal.
        is_taken: whether somebody has caught it who knows what to do about it.
    """

    def __init__(self, number: int, interruptions: Interruptions) -> None:
        super().__init__(number)
        self.exit_code = 128 + number
        self.is_taken = False
        self._interruptions = interruptions

    def taken(self) -> None:
        """It has arrived, and need not be raised again."""
        self.is_taken = True
        self._interruptions.forget()


class Interruptions:
    """Within the block, a signal to end raises `Interrupted`; one that is ignored (nohup) stays so.

    It is raised again and again until it is `taken`: Python drops in silence what is raised while a file
    object is finalised (CPython's ``iobase_finalize``), and each answer of AWS's is one. What is being
    cleared up on its way is let finish.

    Args:
        once: whether nothing more is heard when one was taken.
    """

    def __init__(self, *, once: bool = False) -> None:
        self._is_once = once
        self._is_over = False
        self._is_held_back = False
        self._is_a_childs = False
        self._come: int | None = None

    def __enter__(self) -> Interruptions:
        self._before = {
            number: signal.signal(number, self._hear)
            for number in _SIGNALS
            if signal.getsignal(number) is not signal.SIG_IGN
        }
        self._before[signal.SIGALRM] = signal.signal(signal.SIGALRM, self._raise_again)
        self._tell_dropped, sys.unraisablehook = sys.unraisablehook, self._dropped
        return self

    def __exit__(self, *_: object) -> None:
        self.forget()
        sys.unraisablehook = self._tell_dropped
        for number, before in self._before.items():
            signal.signal(number, before)

    def forget(self) -> None:
        """Raise no more what has come."""
        self._is_over = self._is_once
        self._come = None
        signal.setitimer(signal.ITIMER_REAL, 0)

    @contextmanager
    def held_back(self) -> Iterator[None]:
        """What comes while the block is at work is raised when that is done."""
        self._is_held_back = True
        try:
            yield
        finally:
            self._is_held_back = False
        self._raise()

    @contextmanager
    def left_to_a_child(self) -> Iterator[None]:
        """A Ctrl-C while the block is at work is for the program that has the terminal meanwhile."""
        self._is_a_childs = True
        try:
            yield
        finally:
            self._is_a_childs = False

    def _dropped(self, dropped: sys.UnraisableHookArgs) -> None:
        """Say nothing of an interruption that comes where Python cannot raise it: it comes again."""
        if not isinstance(dropped.exc_value, Interrupted):
            self._tell_dropped(dropped)

    def _hear(self, number: int, _: FrameType | None) -> None:
        if not (self._is_over or (self._is_a_childs and number == signal.SIGINT)):
            self._come = number
            self._raise()

    def _raise_again(self, *_: object) -> None:
        if _behind(sys.exc_info()[1]) is not None:
            # What runs now is a ``finally`` or the like that it has come to.
            signal.setitimer(signal.ITIMER_REAL, _AGAIN_SECONDS)
        else:
            self._raise()

    def _raise(self) -> None:
        if self._come is not None and not self._is_held_back:
            signal.setitimer(signal.ITIMER_REAL, _AGAIN_SECONDS)
            raise Interrupted(self._come, self)


def _behind(error: BaseException | None) -> Interrupted | None:
    """The interruption that an error is, or in the course of which it came about, unless it is taken."""
    while error is not None:
        if isinstance(error, Interrupted) and not error.is_taken:
            return error
        error = error.__context__
    return None


def served(work: Callable[[Interruptions], int], *, once: bool = False) -> int:
    """Do a whole program's work; its exit code, also if it is told to end."""
    try:
        with Interruptions(once=once) as interruptions:
            return work(interruptions)
    except Interrupted as interrupted:
        return interrupted.exit_code
    except Exception as error:
        # Python makes a RuntimeError of what is raised while it makes a class.
        behind = _behind(error)
        if behind is None:
            raise
        return behind.exit_code
