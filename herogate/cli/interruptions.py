"""Being told to end, by Ctrl-C or by who started the program, where something has to be undone then."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_AGAIN_SECONDS = 0.5


class Interrupted(BaseException):
    """The program was told to end.

    Attributes:
        exit_code: as a shell reports the signal.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.exit_code = 128 + number


class Interruptions:
    """Within the block, a signal to end raises `Interrupted`; one that is ignored (nohup) stays so.

    It is raised again and again until it is `taken`: Python drops in silence what is raised while a file
    object is finalised (CPython's ``iobase_finalize``), and each answer of AWS's is one.
    """

    def __init__(self) -> None:
        self._is_held_back = False
        self._come: int | None = None

    def __enter__(self) -> Interruptions:
        self._before = {
            number: signal.signal(number, self._hear)
            for number in _SIGNALS
            if signal.getsignal(number) is not signal.SIG_IGN
        }
        self._before[signal.SIGALRM] = signal.signal(signal.SIGALRM, self._raise)
        return self

    def __exit__(self, *_: object) -> None:
        self.taken()
        for number, before in self._before.items():
            signal.signal(number, before)

    def taken(self) -> None:
        """What was raised has arrived."""
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

    def _hear(self, number: int, _: FrameType | None) -> None:
        self._come = number
        self._raise()

    def _raise(self, *_: object) -> None:
        if self._come is not None and not self._is_held_back:
            signal.setitimer(signal.ITIMER_REAL, _AGAIN_SECONDS)
            raise Interrupted(self._come)
