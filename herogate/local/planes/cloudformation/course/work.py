"""One operation on one stack, as the phases of ``executor.py`` work on it.

Holds what a phase needs at hand: the records, the resource handlers with their contexts, the scope to
resolve values in. It decides nothing about what comes next.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from herogate.local.errors import AwsError, not_supported
from herogate.local.planes.cloudformation.checks import validation
from herogate.local.planes.cloudformation.course import failures, surroundings
from herogate.local.planes.cloudformation.course.surroundings import Client, Surroundings
from herogate.local.planes.cloudformation.records import events
from herogate.local.planes.cloudformation.records.records import Records
from herogate.local.planes.cloudformation.records.stack import Operation, Stack, StackResource
from herogate.local.planes.cloudformation.records.status import ResourceStatus, Stage
from herogate.local.planes.cloudformation.templates import dependencies, intrinsics
from herogate.local.planes.cloudformation.templates.intrinsics import Scope
from herogate.local.planes.cloudformation.templates.template import ResourceDeclaration, Template
from herogate.local.resources import Context, Handler

if TYPE_CHECKING:
    from herogate.local.cloud import Cloud

_MASK = "****"


class Work:
    """An operation in one of its phases.

    Args:
        client: boto3 clients with the rights the operation is done with.
    """

    def __init__(
        self,
        *,
        cloud: Cloud,
        records: Records,
        handlers: Mapping[str, Handler],
        stack: Stack,
        operation: Operation,
        client: Client,
        exports: Callable[[], Mapping[str, str]],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.cloud = cloud
        self.records = records
        self.stack = stack
        self.operation = operation
        self.mark = operation.mark(stack.status)
        self.clock = clock
        self._handlers = handlers
        self._client = client
        self._service = "CloudFormation"
        self._surroundings = Surroundings(
            client=client, account_id=cloud.account_id, exports=exports
        )
        self.resources = records.resources(stack.stack_id)
        self.imports: set[str] = set()

    def step(self) -> AbstractContextManager[None]:
        """Around one call of a service with the recording of its outcome."""
        return self.cloud.step()

    @cached_property
    def template(self) -> Template:
        """The template that the stack is brought to."""
        return self.records.template(self.stack.configuration.template)

    @cached_property
    def scope(self) -> Scope:
        """Where its values are resolved, resources being looked up when they are asked for."""
        return self._surroundings.scope(
            self.stack,
            self.stack.configuration,
            self.template,
            surroundings.reference(self.resources),
            surroundings.attribute(self.resources),
            self._imported,
        )

    @cached_property
    def graph(self) -> dict[str, frozenset[str]]:
        """The template's active resources, each with what it waits for, in the order of making."""
        graph = dependencies.graph(self.template, self.scope.conditions)
        return {key: graph[key] for key in dependencies.creation_order(graph)}

    def handler(self, resource: StackResource | ResourceDeclaration) -> Handler:
        """The handler of a resource's type."""
        return self._handlers[resource.type_name]

    def context(self, resource: StackResource, previous_tags: Mapping[str, str]) -> Context:
        """For whom and where the handler of a resource works; its tags are the resource's."""
        tags = {
            **resource.tags,
            "aws:cloudformation:stack-name": self.stack.name,
            "aws:cloudformation:stack-id": self.stack.stack_id,
            "aws:cloudformation:logical-id": resource.logical_id,
        }
        return Context(
            client=self._client_noted,
            region=self.stack.region,
            account_id=self.cloud.account_id,
            stack_name=self.stack.name,
            stack_id=self.stack.stack_id,
            logical_id=resource.logical_id,
            token=resource.token,
            tags=tags,
            previous_tags=previous_tags,
        )

    def properties(self, declaration: ResourceDeclaration) -> dict[str, Any]:
        """A resource's properties as they are to be, checked.

        Raises:
            AwsError: they cannot be resolved, or the type would not take them.
            StackFailure: they need something outside of the stack that is not there.
        """
        resolved = intrinsics.resolve(declaration.properties, self.scope) or {}
        properties = validation.coerce(resolved, declaration.type_name, self.stack.region)
        validation.check_properties(
            declaration.logical_id, declaration.type_name, properties, self.stack.region
        )
        unsupported = sorted(properties.keys() - self.handler(declaration).supported)
        if unsupported:
            raise not_supported(f"the property {unsupported[0]} of {declaration.type_name}")
        return properties

    def shown(self, declaration: ResourceDeclaration | None) -> dict[str, Any] | None:
        """A resource's properties as its events may show them; None where they cannot be told yet."""
        if declaration is None:
            return None
        masked = {
            name: _MASK if parameter.no_echo else parameter.value
            for name, parameter in self.stack.configuration.parameters.items()
        }
        try:
            shown = intrinsics.resolve(
                declaration.properties, replace(self.scope, parameters=masked)
            )
        except (AwsError, failures.StackFailure):
            return None
        return dict(shown or {})

    def reveal(self, properties: Mapping[str, Any]) -> dict[str, Any]:
        """Properties with their secrets, for the service that needs them."""
        return dict(intrinsics.reveal(properties, self.scope))

    def reason(self, error: Exception) -> str:
        """Why a resource failed, in CloudFormation's words."""
        return failures.reason(error, self._service)

    def record(
        self, resource: StackResource, stage: Stage, *, event: bool = True, **changes: Any
    ) -> StackResource:
        """Write a resource's new state, with its event. To be called in a `step`."""
        if event:
            changes.setdefault("status_reason", None)
            changes["changed_at"] = self.clock()
        now = replace(resource, mark=self.mark, stage=stage, **changes)
        self.records.put_resource(self.stack.stack_id, now)
        self.resources[now.logical_id] = now
        if event:
            self.tell(now)
        return now

    def tell(self, resource: StackResource) -> None:
        """Write the event of a resource's present state."""
        shown = None
        if resource.status is not ResourceStatus.DELETE_SKIPPED:
            shown = self.shown(self.template.resources.get(resource.logical_id))
        self.records.put_event(
            events.of_resource(self.stack, resource, self.operation, self.clock(), shown)
        )

    def facts(self, resource: StackResource) -> dict[str, Any]:
        """What Ref and Fn::GetAtt give of a resource, asked of its service."""
        handler, context = self.handler(resource), self.context(resource, resource.tags)
        physical_id = resource.physical_id or ""
        return {
            "attributes": dict(handler.attributes(context, physical_id)),
            "reference": handler.reference(context, physical_id),
        }

    def is_ready(self, resource: StackResource) -> bool:
        """Whether a resource is done with, asked of its service; express mode does not ask."""
        context = self.context(resource, resource.tags)
        return self.operation.express or self.handler(resource).is_ready(
            context, resource.physical_id or ""
        )

    def _client_noted(self, service: str) -> Any:
        client = self._client(service)
        self._service = client.meta.service_model.service_id
        return client

    def _imported(self, name: str) -> str:
        self.imports.add(name)
        try:
            return self._surroundings.imported(name)
        except AwsError as error:
            raise failures.StackFailure(error.message) from error
