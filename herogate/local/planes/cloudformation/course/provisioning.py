"""Bringing a stack's resources to what its template says: the forward phase of create and update.

Each resource is made, changed in place, replaced, or left alone, when those it depends on are settled.
Nothing is deleted here: what a replacement supersedes becomes a remainder, for ``removal.py``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Any

from herogate.local.planes.cloudformation.checks import differences, schemas
from herogate.local.planes.cloudformation.checks.differences import Recreation
from herogate.local.planes.cloudformation.checks.schemas import ResourceSchema
from herogate.local.planes.cloudformation.course import failures
from herogate.local.planes.cloudformation.course.phase import Phase
from herogate.local.planes.cloudformation.course.plan import AfterFailure
from herogate.local.planes.cloudformation.records.stack import StackResource
from herogate.local.planes.cloudformation.records.status import ResourceStatus, Stage
from herogate.local.planes.cloudformation.templates.template import (
    DeletionPolicy,
    ResourceDeclaration,
)
from herogate.local.resources import Handler


class Course(StrEnum):
    """What an update does to a resource."""

    LEAVE = "LEAVE"
    CHANGE = "CHANGE"
    REPLACE = "REPLACE"


def course(
    resource: StackResource,
    properties: Mapping[str, Any],
    tags: Mapping[str, str],
    handler: Handler,
    schema: ResourceSchema,
) -> Course:
    """Which way a resource comes to these properties and stack tags.

    Raises:
        AwsError: it would have to be replaced, and its replacement would have the same name.
    """
    change = differences.changes(resource.properties, properties, schema)
    if not change.is_empty and change.recreation is not Recreation.NEVER:
        if _keeps_its_name(resource.properties, properties, schema):
            raise failures.custom_named(resource.physical_id or resource.logical_id)
        return Course.REPLACE
    retagged = "Tags" in handler.supported and dict(resource.tags) != dict(tags)
    if change.is_empty and not retagged and not resource.status.is_failed:
        return Course.LEAVE
    return Course.CHANGE


def _keeps_its_name(old: Mapping[str, Any], new: Mapping[str, Any], schema: ResourceSchema) -> bool:
    names = [path[0] for path in schema.primary_identifier]
    return bool(names) and all(name in new and new[name] == old.get(name) for name in names)


class Provisioning(Phase):
    """CREATE_IN_PROGRESS and UPDATE_IN_PROGRESS."""

    after_failure = AfterFailure.STOP

    def stages(self) -> Mapping[str, Stage]:
        resources, mark = self.work.resources, self.work.mark
        return {
            key: resources[key].stage_in(mark) if key in resources else Stage.PENDING
            for key in self.work.graph
        }

    def waits_for(self) -> Mapping[str, Collection[str]]:
        return self.work.graph

    def start(self, key: str) -> None:
        declaration = self.work.template.resources[key]
        existing = self._existing(key)
        if existing is None:
            with self.work.step():
                self.work.record(self._new(declaration), Stage.STARTED)
            return
        chosen = self._course(declaration, existing)
        with self.work.step():
            if chosen is Course.LEAVE:
                self.work.record(
                    existing, Stage.SETTLED, event=False, **self._declared(declaration)
                )
            else:
                self.work.record(
                    existing,
                    Stage.STARTED,
                    status=ResourceStatus.UPDATE_IN_PROGRESS,
                    status_reason=failures.REPLACEMENT if chosen is Course.REPLACE else None,
                )

    def apply(self, key: str) -> None:
        resource, declaration = self.work.resources[key], self.work.template.resources[key]
        properties = self.work.properties(declaration)
        if resource.status is ResourceStatus.CREATE_IN_PROGRESS:
            self._make(resource, resource, properties, declaration)
        elif self._course(declaration, resource) is Course.REPLACE:
            self._make(resource, self._new(declaration), properties, declaration)
        else:
            self._change(resource, properties, declaration)

    def is_settled(self, key: str) -> bool:
        resource = self.work.resources[key]
        if not self.work.is_ready(resource):
            return False
        facts = self.work.facts(resource)
        creating = resource.status is ResourceStatus.CREATE_IN_PROGRESS
        done = ResourceStatus.CREATE_COMPLETE if creating else ResourceStatus.UPDATE_COMPLETE
        with self.work.step():
            self.work.record(resource, Stage.SETTLED, status=done, **facts)
        return True

    def fail(self, key: str, reason: str) -> None:
        existing = self.work.resources.get(key)
        if existing is None:
            existing = self._new(self.work.template.resources[key])
        creating = existing.status is ResourceStatus.CREATE_IN_PROGRESS
        failed = ResourceStatus.CREATE_FAILED if creating else ResourceStatus.UPDATE_FAILED
        with self.work.step():
            self.work.record(existing, Stage.FAILED, status=failed, status_reason=reason)

    def cancel(self, key: str) -> None:
        creating = self.work.resources[key].status is ResourceStatus.CREATE_IN_PROGRESS
        self.fail(key, failures.CANCELLED_CREATE if creating else failures.CANCELLED_UPDATE)

    def _existing(self, key: str) -> StackResource | None:
        """The resource of an update that is there already."""
        resource = self.work.resources.get(key)
        return resource if resource is not None and resource.exists else None

    def _course(self, declaration: ResourceDeclaration, resource: StackResource) -> Course:
        schema = schemas.schema(declaration.type_name, self.work.stack.region)
        if schema is None:
            raise KeyError(declaration.type_name)
        return course(
            resource,
            self.work.properties(declaration),
            self.work.stack.configuration.tags,
            self.work.handler(declaration),
            schema,
        )

    def _make(
        self,
        former: StackResource,
        new: StackResource,
        properties: Mapping[str, Any],
        declaration: ResourceDeclaration,
    ) -> None:
        """Create a resource; one that it replaces is kept as a remainder."""
        handler, revealed = self.work.handler(declaration), self.work.reveal(properties)
        with self.work.step():
            physical_id = handler.create(self.work.context(new, {}), revealed)
            if former.token != new.token:
                self.work.records.put_remainder(self.work.stack.stack_id, former)
            self.work.record(
                new,
                Stage.APPLIED,
                status=former.status,
                status_reason=failures.INITIATED,
                physical_id=physical_id,
                properties=properties,
                **self._declared(declaration),
            )

    def _change(
        self,
        resource: StackResource,
        properties: Mapping[str, Any],
        declaration: ResourceDeclaration,
    ) -> None:
        """Change a resource in place. What was tried is recorded, should it fail half-way."""
        tags = self.work.stack.configuration.tags
        with self.work.step():
            tried = self.work.record(
                resource, Stage.STARTED, event=False, properties=properties, tags=tags
            )
            self.work.handler(resource).update(
                self.work.context(tried, resource.tags),
                resource.physical_id or "",
                self.work.reveal(properties),
                self.work.reveal(resource.properties),
            )
            self.work.record(tried, Stage.APPLIED, event=False, **self._declared(declaration))

    def _new(self, declaration: ResourceDeclaration) -> StackResource:
        return StackResource(
            logical_id=declaration.logical_id,
            type_name=declaration.type_name,
            status=ResourceStatus.CREATE_IN_PROGRESS,
            changed_at=self.work.clock(),
            token=f"{declaration.logical_id}.{self.work.operation.id}",
            tags=self.work.stack.configuration.tags,
            **self._declared(declaration),
        )

    def _declared(self, declaration: ResourceDeclaration) -> dict[str, Any]:
        """What a resource's record takes from its declaration besides the properties."""
        return {
            "dependencies": tuple(sorted(self.work.graph[declaration.logical_id])),
            "deletion_policy": declaration.deletion_policy or DeletionPolicy.DELETE,
            "update_replace_policy": declaration.update_replace_policy or DeletionPolicy.DELETE,
            "metadata": declaration.metadata,
        }
