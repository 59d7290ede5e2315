"""Turnovers: every process of an app comes to run its newest release."""

from __future__ import annotations

from herogate.engine.clock import Sleep
from herogate.engine.process_types import ONE_OFF, RELEASE_PROCESS, SCHEDULED
from herogate.engine.processes import Processes
from herogate.engine.rollouts import Rollouts
from herogate.models import Process, ProcessState

INTERVAL_SECONDS = 1.0


class Turnovers:
    """The turnovers of the apps of a region."""

    def __init__(self, processes: Processes, rollouts: Rollouts, *, sleep: Sleep) -> None:
        self._processes = processes
        self._rollouts = rollouts
        self._sleep = sleep

    def wait(
        self,
        app: str,
        number: int,
        *,
        type: str | None = None,  # noqa: A002
        with_one_offs: bool = False,
        interval_seconds: float = INTERVAL_SECONDS,
    ) -> int:
        """Wait until a release is live, and every process that is to stay runs it or a newer one.

        Args:
            type: one process type, instead of all.
            with_one_offs: whether those that were started once must have ended, or run it too.
            interval_seconds: between two looks.

        Returns:
            how many run it.

        Raises:
            NotFound: no such app, or no such process type.
            ReleaseFailed: the release has failed.
        """
        live = self._rollouts.wait(app, number).number
        while True:
            found = self._processes.all(app, type=type)
            meant = [each for each in found if _is_meant(each, with_one_offs=with_one_offs)]
            if all(_runs(each, live) for each in meant):
                return len(meant)
            self._sleep(interval_seconds)


def _is_meant(process: Process, *, with_one_offs: bool) -> bool:
    if process.state is ProcessState.STOPPING or process.type == RELEASE_PROCESS:
        return False
    return with_one_offs or process.type not in (ONE_OFF, SCHEDULED)


def _runs(process: Process, number: int) -> bool:
    return process.state is ProcessState.UP and (process.release or 0) >= number
