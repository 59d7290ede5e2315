"""One line of talk for each thing done: ``Creating ⬢ my-shop... done``.

While AWS works, a terminal shows on that line how far it is, and since when; elsewhere a plain line says
so now and then.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, TypeVar

from herogate.cli import output
from herogate.cli.detached import Detached
from herogate.interruptions import Interrupted
from herogate.models import Event, Setback, StackProgress
from herogate.printable import clipped, in_one_line, is_live

if TYPE_CHECKING:
    from herogate.engine.work import Work

Outcome = TypeVar("Outcome")

_PLAIN_INTERVAL_SECONDS = 15.0
_TURN_SECONDS = 0.1
_WHEEL = "⣾⣽⣻⢿⡿⣟⣯⣷"


@contextmanager
def action(title: str, done: str = "done", *, left: str | None = None) -> Iterator[None]:
    """Announce what the block does, and its end; `left` as for `perform`."""
    with _line(title, left) as line:
        yield
        line.end(done)


def perform(
    title: str,
    do: Callable[[], Outcome],
    *,
    done: Callable[[Outcome], str],
    left: str | None = None,
) -> Outcome:
    """Announce what is done, do it, and announce its end by its outcome.

    Args:
        left: what to tell a user who stops watching with Ctrl-C, where it goes on without that.

    Raises:
        Detached: on Ctrl-C, where it goes on.
    """
    with _line(title, left) as line:
        outcome = do()
        line.end(done(outcome))
    return outcome


def answer(question: str, ask: Callable[[], Outcome]) -> Outcome:
    """Show what AWS is asked as long as it thinks; nothing of that stays on a terminal."""
    line = _Line(question)
    line.show()
    try:
        return ask()
    finally:
        line.vanish()


def follow(
    begin: Callable[[], Work[Outcome]],
    title: str,
    *,
    left: str,
    done: str = "done",
    wait: bool = True,
) -> Work[Outcome]:
    """Begin work and show it until it has ended.

    Args:
        title: what is being done ("Creating ⬢ my-shop").
        left: what to tell a user who stops watching with Ctrl-C.
        wait: False to leave the work to AWS at once.

    Raises:
        Detached: on Ctrl-C.
    """
    with _line(title, f"AWS goes on with what it has accepted. {left}") as line:
        work = begin()
        for event in work if wait else ():
            line.tell(event)
        line.end(done)
    return work


@contextmanager
def _line(title: str, left: str | None) -> Iterator[_Line]:
    """The line of an action, which tells of it when the block fails."""
    line = _Line(title)
    line.show()
    try:
        yield line
    except Interrupted as interrupted:
        interrupted.taken()
        line.end("!" if left is None else "detached")
        if left is None:
            raise
        raise Detached(left, interrupted) from None
    except BaseException:
        line.end("!")
        raise
    finally:
        line.leave()


class _Line:
    """The line of one action. On a terminal it is rewritten in place, and a wheel turns on it."""

    def __init__(self, title: str) -> None:
        self._title = in_one_line(title)
        self._progress: StackProgress | None = None
        self._turns = 0
        self._is_shown = False
        self._is_left = threading.Event()
        self._writing = threading.Lock()
        self._live = is_live(sys.stderr)
        self._started = time.monotonic()
        threading.Thread(target=self._go_on, daemon=True).start()

    def show(self, progress: StackProgress | None = None) -> None:
        """Show the line, and how far the action is."""
        with self._writing:
            self._progress, self._is_shown = progress, True
            self._draw()

    def tell(self, event: Event) -> None:
        """Say what an event says."""
        if isinstance(event, Setback):
            self.end("!")
            output.warn(f"{event.reason}\n{event.next_step}.")
            self.show()
        else:
            self.show(event)

    def end(self, word: str) -> None:
        """Say how it ended, once."""
        with self._writing:
            if self._is_shown:
                sys.stderr.write("\r\x1b[K" if self._live else "")
                output.talk(f"{self._title}... {in_one_line(word)}")
            self._is_shown = False

    def vanish(self) -> None:
        """Leave no line behind."""
        self.leave()
        with self._writing:
            self._is_shown = False
            sys.stderr.write("\r\x1b[K" if self._live else "")
            sys.stderr.flush()

    def leave(self) -> None:
        """Write no more."""
        self._is_left.set()

    def _go_on(self) -> None:
        """Show that it goes on, as long as somebody can be shown."""
        pause = _TURN_SECONDS if self._live else _PLAIN_INTERVAL_SECONDS
        with suppress(OSError):
            while not self._is_left.wait(pause):
                with self._writing:
                    self._turns += 1
                    self._draw()
                    if self._is_shown and not self._live:
                        output.talk(f"{self._title}... {self._status()}")

    def _draw(self) -> None:
        if self._live and self._is_shown:
            told = f"{self._title}... {self._wheel()}{in_one_line(self._status())}"
            sys.stderr.write(f"\r\x1b[K{clipped(told, output.columns(sys.stderr) - 1)}")
            sys.stderr.flush()

    def _wheel(self) -> str:
        return f"{_WHEEL[self._turns % len(_WHEEL)]} " if self._turns else ""

    def _status(self) -> str:
        """How far it is and since when; nothing in the first second of what has no steps."""
        seconds = time.monotonic() - self._started
        if self._progress is not None:
            return status(self._progress, seconds)
        return f"({_lasted(seconds)})" if seconds >= 1 or not self._live else ""


def status(progress: StackProgress, seconds: float) -> str:
    """``7/31, waiting for Listener and 2 more (12s)``."""
    waiting = ""
    if progress.waiting_for:
        first, *others = progress.waiting_for
        waiting = f", waiting for {first}" + (f" and {len(others)} more" if others else "")
    done = f"{progress.done}/{progress.total}" if progress.total else "cleaning up"
    return f"{done}{waiting} ({_lasted(seconds)})"


def _lasted(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}m{rest:02}s" if minutes else f"{rest}s"
