"""Being told to end, by Ctrl-C or by who started the program, where something has to be undone then."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupted(BaseException):
    """The program was told to end.

    Attributes:
        exit_code: as a shell reports the signal.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.exit_code = 128 + number


class Interruptions:
    """Within the block, a signal to end raises `Interrupted`; one that is ignored (nohup) stays so."""

    def __init__(self) -> None:
        self._is_held_back = False
        self._waiting: int | None = None

    def __enter__(self) -> Interruptions:
        self._before = {
            number: signal.signal(number, self._come)
            for number in _SIGNALS
            if signal.getsignal(number) is not signal.SIG_IGN
        }
        return self

    def __exit__(self, *_: object) -> None:
        for number, before in self._before.items():
            signal.signal(number, before)

    @contextmanager
    def held_back(self) -> Iterator[None]:
        """What comes while the block is at work is raised when that is done."""
        self._is_held_back = True
        try:
            yield
        finally:
            self._is_held_back = False
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            raise Interrupted(waiting)

    def _come(self, number: int, _: FrameType | None) -> None:
        if self._is_held_back:
            self._waiting = number
        else:
            raise Interrupted(number)
