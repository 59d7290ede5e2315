"""One line of talk for each thing done: ``Creating ⬢ my-shop... done``.

While AWS works, a terminal shows on that line how far it is; elsewhere a plain line comes now and then.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, ClassVar, TypeVar

from herogate.cli import output
from herogate.errors import HerogateError
from herogate.models import Event, Setback, StackProgress

if TYPE_CHECKING:
    from herogate.engine.work import Work

Outcome = TypeVar("Outcome")

_PLAIN_INTERVAL_SECONDS = 15.0


class Detached(HerogateError):
    """The user stopped watching; AWS goes on. Shown as a warning."""

    exit_code: ClassVar[int] = 130  # as a shell reports SIGINT


@contextmanager
def action(title: str, done: str = "done") -> Iterator[None]:
    """Announce what the block does, and its end."""
    line = _Line(title)
    line.show("")
    try:
        yield
    except BaseException:
        line.end("!")
        raise
    line.end(done)


def perform(title: str, do: Callable[[], Outcome], *, done: Callable[[Outcome], str]) -> Outcome:
    """Announce what is done, do it, and announce its end by its outcome."""
    line = _Line(title)
    line.show("")
    try:
        outcome = do()
    except BaseException:
        line.end("!")
        raise
    line.end(done(outcome))
    return outcome


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
    line = _Line(title)
    line.show("")
    try:
        work = begin()
        for event in work if wait else ():
            line.tell(event)
    except KeyboardInterrupt:
        line.end("detached")
        raise Detached(f"AWS goes on with what it has accepted. {left}") from None
    except BaseException:
        line.end("!")
        raise
    line.end(done)
    return work


class _Line:
    """The line of one action. On a terminal it is rewritten in place."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._live = output.is_live(sys.stderr)
        self._started = self._told = time.monotonic()

    def show(self, status: str) -> None:
        if self._live:
            text = output.clean(f"{self._title}... {status}")[: output.columns(sys.stderr) - 1]
            sys.stderr.write(f"\r\x1b[K{text}")
            sys.stderr.flush()

    def tell(self, event: Event) -> None:
        if isinstance(event, Setback):
            self.show("")
            self.end("!")
            output.warn(f"{event.reason}\n{event.next_step}.")
            return
        seconds = time.monotonic() - self._started
        self.show(status(event, seconds))
        if not self._live and time.monotonic() - self._told >= _PLAIN_INTERVAL_SECONDS:
            self._told = time.monotonic()
            self.end(status(event, seconds))

    def end(self, word: str) -> None:
        sys.stderr.write("\r\x1b[K" if self._live else "")
        output.talk(f"{self._title}... {word}")


def status(progress: StackProgress, seconds: float) -> str:
    """``7/31, waiting for Listener and 2 more (12s)``."""
    waiting = ""
    if progress.waiting_for:
        first, *others = progress.waiting_for
        waiting = f", waiting for {first}" + (f" and {len(others)} more" if others else "")
    minutes, seconds = divmod(int(seconds), 60)
    elapsed = f"{minutes}m{seconds:02}s" if minutes else f"{seconds}s"
    done = f"{progress.done}/{progress.total}" if progress.total else "cleaning up"
    return f"{done}{waiting} ({elapsed})"
