"""ECS: tasks that run, services that keep them.

Puts the parts together: the records, the scheduler of the services, and the lives of the tasks.
Operations speak to this module alone.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from herogate.local.planes.ecs import notices, rollouts, targets
from herogate.local.planes.ecs.addresses import Addresses
from herogate.local.planes.ecs.birth import Order, born
from herogate.local.planes.ecs.life import Life
from herogate.local.planes.ecs.means import Document, Means
from herogate.local.planes.ecs.notices import Notice
from herogate.local.planes.ecs.pulse import Pulse
from herogate.local.planes.ecs.records import Records
from herogate.local.planes.ecs.scheduler import Scheduler
from herogate.local.planes.ecs.services import Service
from herogate.local.planes.ecs.status import DesiredStatus, StopCode, TaskStatus
from herogate.local.planes.ecs.tasks import Task
from herogate.local.planes.ecs.turn import Start, Turn, unwanted
from herogate.local.runtimes.agent import Agent

if TYPE_CHECKING:
    from herogate.local.cloud import Cloud

_STOPPED = "The local cloud was stopped."
_KILLED = "The local cloud ended while the task ran."


class EcsPlane:
    """ECS's data plane.

    Attributes:
        records: the services and tasks there are.
        means: what tasks are started with.
        agent: starts what is in a task.
    """

    def __init__(self, cloud: Cloud) -> None:
        self.records = Records(cloud.store)
        self.means = Means(cloud)
        self.agent = Agent(cloud, cloud.runtime)
        self._cloud = cloud
        self._addresses = Addresses()
        self._pulse = Pulse()
        self._lives: dict[str, Life] = {}
        self._living: set[asyncio.Task[None]] = set()
        self._scheduler = Scheduler(cloud, self.records, begin=self._service_start, done=self._done)
        self._duty: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Take note that no task of before runs any more, and start what services are to keep."""
        await self.agent.start()
        self.records.read()
        self.records.forget_old(time.time())
        for task in self.records.living_tasks():
            await self._bury(task)
        self._cloud.elb.on_health(self._pulse.beat)
        self._cloud.elb.on_health(self._scheduler.wake_balanced)
        for service in self.records.living_services():
            self.records.keep_service(
                rollouts.without_delay(service)
            )  # it may have another runtime
            self._scheduler.wake(service.key)
        self._duty = asyncio.create_task(self._scheduler.run())

    async def stop(self) -> None:
        """End all tasks, quickly; services start theirs again with the cloud."""
        if self._duty is not None:
            self._duty.cancel()
            await asyncio.gather(self._duty, return_exceptions=True)
        for life in list(self._lives.values()):
            if life.task.stop_code is None:
                await self.stop_task(life.task, StopCode.TERMINATION_NOTICE, _STOPPED)
            life.hurry()
        await asyncio.gather(*self._living, return_exceptions=True)
        await self.agent.stop()

    def wake(self, service: Service) -> None:
        """Look after a service whose record has changed."""
        self._scheduler.wake(service.key)

    async def run_tasks(self, order: Order, subnet_ids: Sequence[str], count: int) -> list[Task]:
        """Start tasks that no service keeps. To be called in a step.

        Raises:
            AwsError: a subnet does not exist.
            NoAddressLeft: there is no room for one more.
        """
        self.records.forget_old(time.time())
        subnets = await self.means.subnets(order.region, subnet_ids)
        start = Start(order=order, subnets=subnets, addresses=self._addresses)
        begun = []
        for _ in range(count):
            task = born(order, start.interface(self.records.living_tasks()), time.time())
            self.records.keep_task(task)
            begun.append(task)
        for task in begun:
            await self.tell([notices.of_task(task)])
            self._live(task, order.definition)
        return begun

    async def stop_task(self, task: Task, code: StopCode, reason: str) -> Task:
        """Have a task end; one that is ending already goes on as it was told first."""
        async with self._cloud.whole():
            task = self.records.task(task.key) or task
            if task.desired is DesiredStatus.STOPPED:
                return task
            ending = unwanted(task, code, reason, time.time())
            self.records.keep_task(ending)
        if life := self._lives.get(task.key):
            life.end()
        self._changed(ending)
        return ending

    async def tell(self, said: Iterable[Notice]) -> None:
        """Let EventBridge know. To be called in the step in which it happened."""
        for notice in said:
            await self._cloud.events.publish(
                notice.region,
                source="aws.ecs",
                detail_type=notice.detail_type,
                resources=list(notice.resources),
                detail=notice.detail,
            )

    async def _service_start(self, service: Service) -> Start:
        """With what the next tasks of a service start."""
        primary = service.primary
        workload = primary.revision.workload
        definition = await self.means.definition(service.region, workload["taskDefinition"])
        network = workload["networkConfiguration"]["awsvpcConfiguration"]
        subnets = await self.means.subnets(service.region, network["subnets"])
        order = Order(
            region=service.region,
            account_id=service.account_id,
            cluster=service.cluster,
            definition=definition,
            capacity=workload,
            overrides={},
            group=f"service:{service.name}",
            tags=await self._task_tags(service, definition),
            load_balancers=workload.get("loadBalancers", []),
            platform_version=workload.get("platformVersion"),
            started_by=primary.id,
            service=service.name,
            deployment=primary.id,
        )
        return Start(order=order, subnets=subnets, addresses=self._addresses)

    async def _task_tags(self, service: Service, definition: Document) -> Sequence[Document]:
        source = service.settings.get("propagateTags", "NONE")
        managed: list[Document] = []
        if service.settings.get("enableECSManagedTags"):
            managed = [
                {"key": "aws:ecs:clusterName", "value": service.cluster},
                {"key": "aws:ecs:serviceName", "value": service.name},
            ]
        if source == "SERVICE":
            return [*service.tags, *managed]
        if source == "TASK_DEFINITION":
            arn = definition["taskDefinitionArn"]
            return [*await self.means.tags(service.region, arn), *managed]
        return managed

    async def _done(self, turn: Turn) -> None:
        """Carry out what a service's turn has come to."""
        self.records.forget_old(turn.now)
        await self.tell(turn.said)
        for task, definition in turn.births:
            await self.tell([notices.of_task(task)])
            self._live(task, definition)
        for task in turn.ends:
            if life := self._lives.get(task.key):
                life.end()

    def _live(self, task: Task, definition: Document) -> None:
        life = Life(
            self._cloud,
            self.records,
            task.key,
            definition,
            pulse=self._pulse,
            changed=self._changed,
        )
        self._lives[task.key] = life
        living = asyncio.create_task(life.run())
        self._living.add(living)
        living.add_done_callback(self._living.discard)
        living.add_done_callback(lambda _: self._lives.pop(task.key))

    def _changed(self, task: Task) -> None:
        if task.service is not None:
            self._scheduler.wake(f"{task.region} {task.cluster} {task.service}")

    async def _bury(self, task: Task) -> None:
        """Record the end of a task that ended with the cloud."""
        now = time.time()
        containers = tuple(replace(each, status=TaskStatus.STOPPED) for each in task.containers)
        async with self._cloud.whole():
            await targets.deregister(self._cloud, task)
            buried = replace(
                task,
                status=TaskStatus.STOPPED,
                desired=DesiredStatus.STOPPED,
                containers=containers,
                version=task.version + 1,
                stop_code=task.stop_code or StopCode.INFRASTRUCTURE_HEALTH,
                stopped_reason=task.stopped_reason or _KILLED,
                stopping_at=task.stopping_at or now,
                stopped_at=now,
            )
            self.records.keep_task(buried)
            await self.tell([notices.of_task(buried)])
