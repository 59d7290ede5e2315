"""One look at a service, carried out on the records. Nothing is waited for here.

The tasks to begin and to end, and what EventBridge is to be told, are gathered for the plane.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from herogate.local.errors import AwsError
from herogate.local.planes.ecs import plan, rollouts
from herogate.local.planes.ecs.addresses import Addresses, NoAddressLeft, Subnet
from herogate.local.planes.ecs.birth import Order, born
from herogate.local.planes.ecs.means import Document
from herogate.local.planes.ecs.notices import Notice
from herogate.local.planes.ecs.records import Records
from herogate.local.planes.ecs.services import Service
from herogate.local.planes.ecs.status import DesiredStatus, ServiceStatus, StopCode
from herogate.local.planes.ecs.tasks import Interface, Task


@dataclass(frozen=True, kw_only=True)
class Start:
    """With what tasks can be started: an order, and where there is room."""

    order: Order
    subnets: Sequence[Subnet]
    addresses: Addresses

    def interface(self, tasks: Sequence[Task]) -> Interface:
        """An interface that none of the living `tasks` has.

        Raises:
            NoAddressLeft: there is no free address.
        """
        used: dict[str, list[str]] = {}
        for task in tasks:
            used.setdefault(task.interface.subnet_id, []).append(task.interface.address)
        return self.addresses.interface(self.subnets, used)


@dataclass(kw_only=True)
class Turn:
    """A service's turn.

    Attributes:
        service: as it is after what has been performed.
        start: with what its primary deployment's tasks start, or why they cannot.
        births: tasks to begin, with their definition.
        ends: tasks to end.
        said: what EventBridge is to be told.
    """

    service: Service
    records: Records
    start: Start | AwsError
    now: float
    births: list[tuple[Task, Document]] = field(default_factory=list)
    ends: list[Task] = field(default_factory=list)
    said: list[Notice] = field(default_factory=list)

    def perform(self, action: plan.Action) -> None:
        """Do on the records what the plan says."""
        match action:
            case plan.Start(count=count):
                self._begin(count)
            case plan.Stop():
                self._end(action)
            case plan.Retire(deployment=deployment):
                self.service = rollouts.retire(self.service, deployment)
            case plan.Complete():
                self._take(rollouts.complete(self.service, self.now))
            case plan.Fail():
                self._take(rollouts.fail(self.service, self.now))
            case plan.Settle():
                self._take(rollouts.settled(self.service, self.now))
            case plan.Deactivate():
                self.service = replace(
                    self.service,
                    status=ServiceStatus.INACTIVE,
                    deleted_at=self.now,
                    deployments=self.service.deployments[:1],
                )

    def note_end(self, task: Task) -> None:
        """A task has ended without having been told to; it failed if it never was healthy."""
        self.records.keep_task(replace(task, reckoned=True))
        self.service = replace(self.service, steady=False)
        if task.healthy_at is None and task.deployment is not None:
            self._take(rollouts.with_failure(self.service, task.deployment, self.now))

    def note_healthy(self, deployment: str) -> None:
        """A task of a deployment is healthy for the first time."""
        self.service = rollouts.with_healthy_task(self.service, deployment)

    def _take(self, outcome: rollouts.Outcome) -> None:
        self.service, said = outcome
        self.said.extend(said)

    def _tell(self, message: str) -> None:
        self.service = rollouts.told(self.service, message, self.now)

    def _begin(self, count: int) -> None:
        self.service = replace(self.service, steady=False)
        if isinstance(self.start, AwsError):
            self._cannot_begin(self.start.message)
            return
        begun = []
        for _ in range(count):
            try:
                interface = self.start.interface(self.records.living_tasks())
            except NoAddressLeft:
                self._cannot_begin("The subnet has no free IP addresses.")
                break
            task = born(self.start.order, interface, self.now)
            self.records.keep_task(task)
            self.births.append((task, self.start.order.definition))
            begun.append(task)
        if begun:
            named = ", ".join(f"(task {task.id})" for task in begun)
            self._tell(f"has started {len(begun)} tasks: {named}.")

    def _cannot_begin(self, why: str) -> None:
        """That counts as a failed task, so that the circuit breaker ends a hopeless deployment."""
        self._tell(f"failed to launch a task with (error {why}).")
        self._take(rollouts.with_failure(self.service, self.service.primary.id, self.now))

    def _end(self, stop: plan.Stop) -> None:
        service = self.service
        task = self.records.task(f"{service.region} {service.cluster} {stop.copy}")
        if task is None:
            return
        self.service = replace(self.service, steady=False)
        reason = stop.ailment or f"Scaling activity initiated by (deployment {service.primary.id})"
        if stop.ailment:
            self._tell(f"(task {task.id}) failed: {stop.ailment}.")
            if task.deployment is not None:
                self._take(rollouts.with_failure(self.service, task.deployment, self.now))
        if task.targets and task.started_at is not None:
            self._tell("has begun draining connections on 1 tasks.")
        self._tell(f"has stopped 1 running tasks: (task {task.id}).")
        task = unwanted(task, StopCode.SCHEDULER_INITIATED, reason, self.now)
        self.records.keep_task(task)
        self.ends.append(task)


def unwanted(task: Task, code: StopCode, reason: str, now: float) -> Task:
    """A task that is to end, and why."""
    return replace(
        task,
        desired=DesiredStatus.STOPPED,
        stop_code=code,
        stopped_reason=reason,
        stopping_at=now,
    )
