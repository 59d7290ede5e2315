"""Where the records of services and tasks are kept: documents of the store, and a copy in memory.

The scheduler looks at all tasks of a service at each step, so reading is from memory; every write
goes to the store as well, within the caller's step.
"""

from __future__ import annotations

from collections.abc import Iterator

from herogate.local.planes.ecs.services import Service
from herogate.local.planes.ecs.status import ServiceStatus
from herogate.local.planes.ecs.tasks import Task
from herogate.local.store import Store

_SERVICE = "ecs-service"
_TASK = "ecs-task"

SHOWN_SECONDS = 3600
"""How long a stopped task and a deleted service can still be described."""


class Records:
    """All services and tasks of this cloud."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._services: dict[str, Service] = {}
        self._tasks: dict[str, Task] = {}

    def read(self) -> None:
        """Read what the store holds."""
        self._services = {key: Service.of(body) for key, body in self._store.all(_SERVICE)}
        self._tasks = {key: Task.of(body) for key, body in self._store.all(_TASK)}

    def keep_service(self, service: Service) -> None:
        """Write a service, replacing the one of the same name."""
        self._services[service.key] = service
        self._store.put(_SERVICE, service.key, service.document())

    def keep_task(self, task: Task) -> None:
        """Write a task as it is now."""
        self._tasks[task.key] = task
        self._store.put(_TASK, task.key, task.document())

    def service(self, key: str) -> Service | None:
        """The service of this key (``<region> <cluster> <name>``), deleted ones included."""
        return self._services.get(key)

    def task(self, key: str) -> Task | None:
        """The task of this key (``<region> <cluster> <id>``), stopped ones included."""
        return self._tasks.get(key)

    def services(self, region: str, cluster: str) -> Iterator[Service]:
        """The services of a cluster, by name; deleted ones included."""
        prefix = f"{region} {cluster} "
        return (self._services[key] for key in sorted(self._services) if key.startswith(prefix))

    def living_services(self) -> Iterator[Service]:
        """All services that keep tasks or let them go."""
        for service in list(self._services.values()):
            if service.status is not ServiceStatus.INACTIVE:
                yield service

    def tasks(self, region: str, cluster: str) -> list[Task]:
        """The tasks of a cluster, the oldest first; stopped ones included."""
        prefix = f"{region} {cluster} "
        found = [task for key, task in self._tasks.items() if key.startswith(prefix)]
        return sorted(found, key=lambda task: (task.created_at, task.id))

    def tasks_of(self, service: Service) -> list[Task]:
        """The tasks of a service that have not stopped, the oldest first."""
        found = self.tasks(service.region, service.cluster)
        return [task for task in found if task.service == service.name and not task.status.is_over]

    def unreckoned(self, service: Service) -> list[Task]:
        """The tasks of a service that ended of their own and have not been taken note of."""
        return [
            task
            for task in self.tasks(service.region, service.cluster)
            if task.service == service.name
            and task.stop_code is not None
            and task.stop_code.is_of_its_own
            and not task.reckoned
        ]

    def living_tasks(self) -> list[Task]:
        """All tasks that have not stopped."""
        return [task for task in self._tasks.values() if not task.status.is_over]

    def forget_old(self, now: float) -> None:
        """Drop what stopped or was deleted so long ago that nobody can ask for it any more."""
        for key, task in list(self._tasks.items()):
            if task.stopped_at is not None and task.stopped_at + SHOWN_SECONDS < now:
                del self._tasks[key]
                self._store.delete(_TASK, key)
        for key, service in list(self._services.items()):
            if service.deleted_at is not None and service.deleted_at + SHOWN_SECONDS < now:
                del self._services[key]
                self._store.delete(_SERVICE, key)
