"""Services and their deployments as records.

No deciding and no doing: what comes next is decided in ``plan.py``. Times are seconds since the epoch;
settings have the shape of the API.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from herogate.local.planes.ecs.status import (
    DeploymentStatus,
    RolloutState,
    ServiceDeploymentStatus,
    ServiceStatus,
)

Document = Mapping[str, Any]

EVENTS = 100
"""How many of its latest events a service shows."""


@dataclass(frozen=True, kw_only=True)
class Revision:
    """What a deployment brings: a workload, frozen.

    Attributes:
        workload: ``taskDefinition``, ``networkConfiguration``, ``loadBalancers``, ``launchType`` or
            ``capacityProviderStrategy``, ``platformVersion``.
    """

    number: int
    created_at: float
    workload: Document


@dataclass(frozen=True, kw_only=True)
class Rollback:
    """That and why a service deployment was taken back."""

    reason: str
    started_at: float
    revision: Revision


@dataclass(frozen=True, kw_only=True)
class ServiceDeployment:
    """The history's entry of one deployment.

    Attributes:
        deployment: the deployment's id (``ecs-svc/…``).
        sources: the revisions it replaces.
        failures: failed tasks, as they stood at its end.
    """

    id: str
    deployment: str
    target: Revision
    sources: tuple[Revision, ...]
    configuration: Document
    created_at: float
    updated_at: float
    status: ServiceDeploymentStatus = ServiceDeploymentStatus.IN_PROGRESS
    reason: str | None = None
    finished_at: float | None = None
    stopped_at: float | None = None
    rollback: Rollback | None = None
    failures: int = 0
    threshold: int | None = None

    @classmethod
    def of(cls, document: Document) -> ServiceDeployment:
        """The record of a document."""
        back = document["rollback"]
        return cls(
            **{
                **document,
                "target": Revision(**document["target"]),
                "sources": tuple(Revision(**each) for each in document["sources"]),
                "status": ServiceDeploymentStatus(document["status"]),
                "rollback": None
                if back is None
                else Rollback(**{**back, "revision": Revision(**back["revision"])}),
            }
        )


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """A deployment of a service that is wanted, or being replaced.

    Attributes:
        failures: failed tasks, as the circuit breaker counts them.
        failures_in_a_row: failed tasks since one was healthy.
        entry: the id of the history's entry that it is part of; a rollback is part of the failed one's.
        rolls_back: whether it takes a failed deployment back.
    """

    id: str
    status: DeploymentStatus
    revision: Revision
    entry: str
    created_at: float
    updated_at: float
    rollout: RolloutState = RolloutState.IN_PROGRESS
    reason: str = ""
    failures: int = 0
    failures_in_a_row: int = 0
    last_failure_at: float = 0
    rolls_back: bool = False

    @classmethod
    def of(cls, document: Document) -> Deployment:
        """The record of a document."""
        return cls(
            **{
                **document,
                "status": DeploymentStatus(document["status"]),
                "revision": Revision(**document["revision"]),
                "rollout": RolloutState(document["rollout"]),
            }
        )


@dataclass(frozen=True, kw_only=True)
class ServiceEvent:
    """One line of a service's history."""

    id: str
    created_at: float
    message: str


@dataclass(frozen=True, kw_only=True)
class Service:
    """A service as it is now.

    Attributes:
        cluster: the cluster's name.
        settings: what was asked for, in the API's shape, but for what a deployment brings and the tags.
        deployments: newest first; the first is the primary one.
        history: the entries of all its deployments, newest first.
        completed: the last deployment that completed, to which a failed one is rolled back.
        steady: whether its last event is that it has reached a steady state.
        asked: the parameters it was created with, so that the same creation is known again.
    """

    region: str
    account_id: str
    cluster: str
    name: str
    created_at: float
    created_by: str
    desired_count: int
    settings: Document
    deployments: tuple[Deployment, ...]
    history: tuple[ServiceDeployment, ...]
    status: ServiceStatus = ServiceStatus.ACTIVE
    events: tuple[ServiceEvent, ...] = ()
    tags: tuple[Document, ...] = ()
    completed: Deployment | None = None
    steady: bool = False
    asked: Document = field(default_factory=dict)
    deleted_at: float | None = None

    @property
    def arn(self) -> str:
        return f"{self._prefix}:service/{self.cluster}/{self.name}"

    @property
    def cluster_arn(self) -> str:
        return f"{self._prefix}:cluster/{self.cluster}"

    @property
    def key(self) -> str:
        return f"{self.region} {self.cluster} {self.name}"

    @property
    def primary(self) -> Deployment:
        return self.deployments[0]

    @property
    def entry(self) -> ServiceDeployment:
        """The history's entry that the primary deployment is part of."""
        return next(each for each in self.history if each.id == self.primary.entry)

    @property
    def configuration(self) -> Document:
        """The deployment configuration."""
        return dict(self.settings["deploymentConfiguration"])

    @property
    def _prefix(self) -> str:
        return f"arn:aws:ecs:{self.region}:{self.account_id}"

    def entry_arn(self, entry: ServiceDeployment) -> str:
        return f"{self._prefix}:service-deployment/{self.cluster}/{self.name}/{entry.id}"

    def revision_arn(self, revision: Revision) -> str:
        return f"{self._prefix}:service-revision/{self.cluster}/{self.name}/{revision.number}"

    def deployment(self, deployment_id: str) -> Deployment | None:
        """The deployment of this id, as long as it is wanted or being replaced."""
        found = [each for each in self.deployments if each.id == deployment_id]
        return found[0] if found else None

    def with_deployment(self, changed: Deployment) -> Service:
        """The service with a deployment in place of the one of the same id."""
        kept = (changed if each.id == changed.id else each for each in self.deployments)
        return replace(self, deployments=tuple(kept))

    def with_entry(self, changed: ServiceDeployment) -> Service:
        """The service with an entry of the history in place of the one of the same id."""
        kept = (changed if each.id == changed.id else each for each in self.history)
        return replace(self, history=tuple(kept))

    def document(self) -> dict[str, Any]:
        """The record as a document of the store."""
        return asdict(self)

    @classmethod
    def of(cls, document: Document) -> Service:
        """The record of a document."""
        completed = document["completed"]
        return cls(
            **{
                **document,
                "deployments": tuple(Deployment.of(each) for each in document["deployments"]),
                "history": tuple(ServiceDeployment.of(each) for each in document["history"]),
                "status": ServiceStatus(document["status"]),
                "events": tuple(ServiceEvent(**each) for each in document["events"]),
                "tags": tuple(document["tags"]),
                "completed": None if completed is None else Deployment.of(completed),
            }
        )
