"""Tasks that tests start without a scheduler, on a cloud of their own process."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any

from inside_cloud import CloudInside
from waiting import wait_for

from herogate.local.runtimes.agent import Launch, RunningTask, TaskEnd


@dataclass
class Tasks:
    """Starts tasks, and ends those that a test leaves.

    Attributes:
        group: the log group of all of them.
        role: what they are executed as.
    """

    inside: CloudInside
    role: str
    group: str
    _running: list[RunningTask] = field(default_factory=list)

    def definition(self, *containers: dict[str, Any], **task: Any) -> dict[str, Any]:
        """A task definition; containers are named and log as one would expect."""
        given = [
            {"name": f"c{number}", "logConfiguration": self._log(), "essential": True, **container}
            for number, container in enumerate(containers)
        ]
        return {
            "family": "family",
            "revision": 7,
            "executionRoleArn": self.role,
            "containerDefinitions": given,
            **task,
        }

    def launch(
        self, *containers: dict[str, Any], overrides: dict[str, Any] | None = None, **task: Any
    ) -> tuple[str, RunningTask]:
        """Start a task; its id and itself."""
        identifier = uuid.uuid4().hex
        running = self.inside.run(
            self.inside.cloud.ecs.agent.launch(
                Launch(
                    region="us-east-1",
                    task_arn=f"arn:aws:ecs:us-east-1:123456789012:task/cluster/{identifier}",
                    task_definition=self.definition(*containers, **task),
                    overrides=overrides or {},
                    address="10.0.0.5",
                )
            )
        )
        self._running.append(running)
        return identifier, running

    def run(self, *containers: dict[str, Any], **further: Any) -> tuple[TaskEnd, str]:
        """Run a task to its end; how it ended, and the first container's log."""
        identifier, running = self.launch(*containers, **further)
        return self.inside.run(running.ended()), self.log(identifier)

    def log(self, identifier: str, container: str = "c0") -> str:
        """What a container of a task has written."""
        events = self.inside.outside.client("logs").get_log_events(
            logGroupName=self.group,
            logStreamName=f"test/{container}/{identifier}",
            startFromHead=True,
        )["events"]
        return "".join(f"{event['message']}\n" for event in events)

    def wait_for_line(self, identifier: str, line: str) -> None:
        """Return when the first container has written this line."""
        wait_for(lambda: self.log(identifier), lambda said: line in said.splitlines())

    def end_all(self) -> None:
        """End what still runs."""
        for running in self._running:
            self.inside.run(running.kill())

    def _log(self) -> dict[str, Any]:
        return {
            "logDriver": "awslogs",
            "options": {
                "awslogs-group": self.group,
                "awslogs-region": "us-east-1",
                "awslogs-stream-prefix": "test",
            },
        }
