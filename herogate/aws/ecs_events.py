"""What ECS has told EventBridge of instances, where a rule has written it into a log group.

ECS itself forgets an instance about an hour after its end; this is kept as long as the log is.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from herogate.aws.ecs_tasks import Instance, InstanceStatus, instance_of
from herogate.aws.logs import Logs
from herogate.aws.session import Session

_TIMES = ("createdAt", "startedAt", "stoppedAt")


def ended(session: Session, group: str, family: str, count: int) -> list[Instance]:
    """The last so many instances of a family whose end a log group tells of, the youngest first."""
    own = f'$.detail.group = "family:{family}"'
    over = f'$.detail.lastStatus = "{InstanceStatus.STOPPED}"'
    search = Logs(session).latest(group, count, pattern=f"{{ {own} && {over} }}")
    found = [each for event in search.events if (each := instance(event.message)) is not None]
    return sorted(found, key=lambda instance: instance.created_at, reverse=True)


def about(process_type: str = "*", id: str = "") -> str:  # noqa: A002
    """The pattern of the events of a process type's instances, and of those whose ids begin so."""
    # GuardDuty's container may stand before the process's own.
    own = " || ".join(f'$.detail.containers[{n}].name = "{process_type}"' for n in range(2))
    return f'{{ ({own}) && $.detail.taskArn = "*/{id}*" }}'


def instance(message: str) -> Instance | None:
    """The instance that an event is about; None for a line that is no such event."""
    try:
        task: Mapping[str, Any] = json.loads(message)["detail"]
        times = {name: datetime.fromisoformat(task[name]) for name in _TIMES if name in task}
        return instance_of({**task, **times})
    except (KeyError, TypeError, ValueError):
        return None
