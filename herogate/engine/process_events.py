"""What became of processes, in Heroku's lines: that one came up, how it ended and why."""

from __future__ import annotations

from collections.abc import Iterator

from herogate.aws import ecs_events
from herogate.aws.ecs_tasks import Instance, InstanceStatus
from herogate.aws.logs import LogEvent
from herogate.engine import diagnosis, process_names


class ProcessEvents:
    """ECS's events as lines. Of a state that it tells more than once there is a line once."""

    def __init__(self) -> None:
        self._told: set[tuple[str, InstanceStatus]] = set()

    def read(self, event: LogEvent) -> Iterator[tuple[str, str]]:
        """The lines of an event, each after the process that it is of."""
        instance = ecs_events.instance(event.message)
        if instance is None or (instance.arn, instance.status) in self._told:
            return
        self._told.add((instance.arn, instance.status))
        for line in lines(instance):
            yield process_names.name(instance), line


def lines(instance: Instance) -> list[str]:
    """What is said of a process that has come so far."""
    if instance.status.is_up and not instance.is_dying:
        return ["State changed from starting to up"]
    if not instance.status.is_over:
        return []
    before = "starting" if instance.started_at is None else "up"
    return [_end(instance), f"State changed from {before} to {_last_state(instance)}"]


def _end(instance: Instance) -> str:
    because = diagnosis.because(instance)
    if instance.exit_code is not None:
        return f"Process exited with status {instance.exit_code}{because}"
    if instance.has_failed:
        return f"Process could not start{because}"
    return f"Process was stopped{because}"


def _last_state(instance: Instance) -> str:
    if not instance.has_failed:
        return "down"
    ended_by_itself = instance.exit_code is not None
    return "complete" if ended_by_itself and not instance.is_of_crew else "crashed"
