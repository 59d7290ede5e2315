"""In which order a task's containers start and stop: what ``dependsOn`` comes to. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from herogate.local.runtimes.containers import Condition, ContainerPlan
from herogate.local.runtimes.health import HealthStatus


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What is known of a container that was started.

    Attributes:
        exit_code: None while it runs.
    """

    health: HealthStatus = HealthStatus.UNKNOWN
    exit_code: int | None = None

    def meets(self, condition: Condition) -> bool | None:
        """Whether one that depends on it may start; None: not yet."""
        if condition is Condition.START:
            return True
        if condition is Condition.HEALTHY:
            if self.health is HealthStatus.HEALTHY:
                return True
            failed = self.exit_code is not None or self.health is HealthStatus.UNHEALTHY
            return False if failed else None
        if self.exit_code is None:
            return None
        return condition is Condition.COMPLETE or self.exit_code == 0


@dataclass(frozen=True, kw_only=True)
class Next:
    """What can be started now, and what never can be.

    Attributes:
        ready: in the task definition's order.
        impossible: why the task cannot go on; empty if it can.
    """

    ready: tuple[ContainerPlan, ...] = ()
    impossible: str = ""


_FAILURES = {
    Condition.HEALTHY: "container is unhealthy",
    Condition.SUCCESS: "dependency did not exit successfully",
}


def next_starts(
    containers: Sequence[ContainerPlan], seen: Mapping[str, Seen], waited_seconds: float
) -> Next:
    """What follows from what is known.

    Args:
        seen: those that were started, by name.
        waited_seconds: since the first container was started.
    """
    ready = []
    for container in containers:
        if container.name in seen:
            continue
        answers = {
            name: _answer(name, condition, seen)
            for name, condition in container.dependencies.items()
        }
        for name, answer in answers.items():
            if answer is False:
                return Next(impossible=_failure(container, name))
        if all(answers.values()):
            ready.append(container)
        elif waited_seconds >= container.start_seconds:
            waiting = next(name for name, answer in answers.items() if answer is None)
            return Next(impossible=_overdue(container, waiting))
    return Next(ready=tuple(ready))


def deadline(containers: Sequence[ContainerPlan], seen: Mapping[str, Seen]) -> float:
    """How long after the first start the first container that still waits gives up."""
    return min(each.start_seconds for each in containers if each.name not in seen)


def dependants(containers: Sequence[ContainerPlan], name: str) -> tuple[str, ...]:
    """Those that end before this one is asked to."""
    return tuple(each.name for each in containers if name in each.dependencies)


def _answer(name: str, condition: Condition, seen: Mapping[str, Seen]) -> bool | None:
    return seen[name].meets(condition) if name in seen else None


def _failure(container: ContainerPlan, name: str) -> str:
    return f"{_unresolved(container, name)} as {_FAILURES[container.dependencies[name]]}."


def _overdue(container: ContainerPlan, name: str) -> str:
    return f"{_unresolved(container, name)} as the dependency timed out."


def _unresolved(container: ContainerPlan, name: str) -> str:
    return f"failed to resolve container ordering dependency [{name}] for target [{container.name}]"
