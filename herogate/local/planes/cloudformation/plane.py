"""The CloudFormation plane put together: records, threads, and what may be asked of it.

One thread for each stack with an operation under way. What may be done to a stack in which state is
``stacks.py``'s, ``changesets.py``'s and ``recovery.py``'s; how it is done is ``executor.py``'s.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from herogate.local.identity import Credentials
from herogate.local.planes.cloudformation.course import failures
from herogate.local.planes.cloudformation.course.executor import Executor
from herogate.local.planes.cloudformation.course.sessions import Sessions
from herogate.local.planes.cloudformation.course.surroundings import Surroundings
from herogate.local.planes.cloudformation.records import events
from herogate.local.planes.cloudformation.records.records import Records
from herogate.local.planes.cloudformation.records.stack import Operation, Stack
from herogate.local.planes.cloudformation.records.status import StackStatus
from herogate.local.planes.cloudformation.requests.changesets import ChangeSets
from herogate.local.planes.cloudformation.requests.recovery import Recovery
from herogate.local.planes.cloudformation.requests.stacks import Stacks
from herogate.local.resources import Handler, handlers

if TYPE_CHECKING:
    from herogate.local.cloud import Cloud

_REMEMBERED_OPERATIONS = 10
_REMEMBERED_SECONDS = 90 * 24 * 3600
"""CloudFormation tells of a deleted stack for 90 days."""


class CloudFormationPlane:
    """Stacks and their change sets.

    `stacks`, `change_sets` and `recovery` are for threads, and are called within an API call's step.
    """

    def __init__(self, cloud: Cloud, clock: Callable[[], float] = time.time) -> None:
        self.account_id = cloud.account_id
        self.clock = clock
        self.records = Records(cloud.store)
        self.sessions = Sessions(cloud)
        self.stacks = Stacks(self)
        self.change_sets = ChangeSets(self)
        self.recovery = Recovery(self)
        self._cloud = cloud
        self._lock = threading.Lock()
        self._threads: dict[str, threading.Thread] = {}

    async def start(self) -> None:
        """Resume what a stop or a kill has interrupted, and forget what AWS has forgotten."""
        self.sessions.open()
        self.records.forget_deleted(self.clock() - _REMEMBERED_SECONDS)
        for operation in self.records.operations():
            self._work_on(operation.stack_id)

    async def stop(self) -> None:
        """Wait until every thread has come to the end of its step; `Cloud.stopping` is set."""
        with self._lock:
            threads = list(self._threads.values())
        for thread in threads:
            await asyncio.to_thread(thread.join)

    @property
    def handlers(self) -> Mapping[str, Handler]:
        """The resource types that stacks can have."""
        return handlers()

    def surroundings(self, region: str, credentials: Credentials) -> Surroundings:
        """What a template can look at, in a caller's name."""
        return Surroundings(
            client=lambda service: self._cloud.client(service, region, credentials),
            account_id=self.account_id,
            exports=lambda: self.records.exports(region),
        )

    def begin(
        self, stack: Stack, operation: Operation, status: StackStatus, **changes: Any
    ) -> Stack:
        """Put a stack into the first state of an operation, and set a thread to work on it.

        To be called with `Records.changing` held.
        """
        if operation.client_token is not None:
            changes["tokens"] = {**stack.tokens, operation.client_token: operation.type}
        last = ((operation.type, operation.id), *stack.last_operations)
        begun = replace(
            stack,
            status=status,
            status_reason=failures.USER_INITIATED,
            last_operations=last[:_REMEMBERED_OPERATIONS],
            **changes,
        )
        self.records.put_stack(begun)
        self.records.put_operation(operation)
        self.records.put_event(events.of_stack(begun, operation, self.clock()))
        self._work_on(stack.stack_id)
        return begun

    def _work_on(self, stack_id: str) -> None:
        with self._lock:
            if stack_id not in self._threads:
                thread = threading.Thread(
                    target=self._run, args=(stack_id,), name=f"stack {stack_id}", daemon=True
                )
                self._threads[stack_id] = thread
                thread.start()

    def _run(self, stack_id: str) -> None:
        executor = Executor(self._cloud, self.records, self.sessions, self.handlers, self.clock)
        goes_on = True
        while goes_on:
            try:
                executor.run(stack_id)
            finally:
                with self._lock:  # an operation begun after `run` has looked finds this thread
                    operation = self.records.operation(stack_id)
                    goes_on = operation is not None and not self._cloud.stopping.is_set()
                    if not goes_on:
                        del self._threads[stack_id]
