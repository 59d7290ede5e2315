"""Tasks as records: what they run, how far they have come, and how they ended.

No deciding and no doing. Times are seconds since the epoch; definitions, overrides and tags have the
shape of the API.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from herogate.local.planes.ecs.status import DesiredStatus, Health, StopCode, TaskStatus

Document = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Interface:
    """The network interface that a task has of its own, in one of its subnets."""

    attachment_id: str
    interface_id: str
    mac_address: str
    subnet_id: str
    availability_zone: str
    address: str


@dataclass(frozen=True, kw_only=True)
class Container:
    """One container of a task.

    Attributes:
        checked: whether its definition has a health check.
    """

    name: str
    image: str
    id: str
    essential: bool = True
    checked: bool = False
    runtime_id: str = ""
    image_digest: str = ""
    status: TaskStatus = TaskStatus.PENDING
    exit_code: int | None = None
    reason: str | None = None
    health: Health = Health.UNKNOWN


@dataclass(frozen=True, kw_only=True)
class Target:
    """Where a task is registered as a target of a load balancer."""

    group_arn: str
    container: str
    port: int


@dataclass(frozen=True, kw_only=True)
class Task:
    """A task as it is now.

    Attributes:
        cluster: the cluster's name.
        service: the name of the service that keeps it; None for one that was run by itself.
        deployment: the id of the service's deployment that it belongs to.
        targets: its ports behind load balancers.
        healthy_at: when its service's scheduler first found it healthy.
        reckoned: whether its service's scheduler has taken note of its end.
    """

    region: str
    account_id: str
    cluster: str
    id: str
    definition_arn: str
    group: str
    created_at: float
    interface: Interface
    containers: tuple[Container, ...]
    cpu: str
    memory: str
    platform_version: str
    launch_type: str
    capacity_provider: str | None = None
    started_by: str | None = None
    service: str | None = None
    deployment: str | None = None
    client_token: str | None = None
    targets: tuple[Target, ...] = ()
    overrides: Document = field(default_factory=dict)
    tags: tuple[Document, ...] = ()
    status: TaskStatus = TaskStatus.PROVISIONING
    desired: DesiredStatus = DesiredStatus.RUNNING
    version: int = 1
    pull_started_at: float | None = None
    pull_stopped_at: float | None = None
    started_at: float | None = None
    stopping_at: float | None = None
    execution_stopped_at: float | None = None
    stopped_at: float | None = None
    stop_code: StopCode | None = None
    stopped_reason: str | None = None
    healthy_at: float | None = None
    reckoned: bool = False

    @property
    def arn(self) -> str:
        return f"{self._prefix}:task/{self.cluster}/{self.id}"

    @property
    def cluster_arn(self) -> str:
        return f"{self._prefix}:cluster/{self.cluster}"

    @property
    def key(self) -> str:
        return f"{self.region} {self.cluster} {self.id}"

    @property
    def is_running(self) -> bool:
        """Whether it runs and is meant to."""
        return self.status is TaskStatus.RUNNING and self.desired is DesiredStatus.RUNNING

    @property
    def _prefix(self) -> str:
        return f"arn:aws:ecs:{self.region}:{self.account_id}"

    def container_arn(self, container: Container) -> str:
        return f"{self._prefix}:container/{self.cluster}/{self.id}/{container.id}"

    def document(self) -> dict[str, Any]:
        """The record as a document of the store."""
        return asdict(self)

    @classmethod
    def of(cls, document: Document) -> Task:
        """The record of a document."""
        code = document["stop_code"]
        return cls(
            **{
                **document,
                "interface": Interface(**document["interface"]),
                "containers": tuple(_container(each) for each in document["containers"]),
                "targets": tuple(Target(**each) for each in document["targets"]),
                "tags": tuple(document["tags"]),
                "status": TaskStatus(document["status"]),
                "desired": DesiredStatus(document["desired"]),
                "stop_code": None if code is None else StopCode(code),
            }
        )


def _container(document: Document) -> Container:
    return Container(
        **{
            **document,
            "status": TaskStatus(document["status"]),
            "health": Health(document["health"]),
        }
    )
