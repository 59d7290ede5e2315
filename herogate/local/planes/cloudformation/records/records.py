"""The stacks of the local cloud as they are kept in its store. No deciding here.

What a stack's readers see can be behind what is written: see `Records.withheld`.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from herogate.local.planes.cloudformation.records.events import StackEvent
from herogate.local.planes.cloudformation.records.stack import (
    Operation,
    Stack,
    StackResource,
    document,
)
from herogate.local.planes.cloudformation.templates import template
from herogate.local.store import Store

_STACK = "cloudformation.stack"
_NAME = "cloudformation.name"
_TEMPLATE = "cloudformation.template"
_RESOURCE = "cloudformation.resource"
_BEFORE = "cloudformation.before"
_REMAINDER = "cloudformation.remainder"
_OPERATION = "cloudformation.operation"
_EVENT = "cloudformation.event"
_CHANGE_SET = "cloudformation.change_set"


@lru_cache(maxsize=64)
def _parsed(body: str) -> template.Template:
    return template.parse(body)


class Records:
    """Stacks, resources, operations and events in the store. Safe to use from any thread."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.changing = threading.RLock()
        """Held from looking at a stack's state to writing what follows from it. Taken inside a step."""
        self._lock = threading.RLock()
        self._event_counts: dict[str, int] = {}
        self._withheld: dict[str, tuple[Stack, int]] = {}

    # --- stacks ---

    def stack(self, stack_id: str) -> Stack | None:
        """The stack of this id, deleted or not."""
        found = self._store.get(_STACK, stack_id)
        return None if found is None else Stack.of(found)

    def named(self, region: str, name: str) -> Stack | None:
        """The stack that has this name now."""
        found = self._store.get(_NAME, f"{region}/{name}")
        return None if found is None else self.stack(found["stack_id"])

    def stacks(self) -> list[Stack]:
        """All stacks, the deleted ones too."""
        return [Stack.of(found) for _, found in self._store.all(_STACK)]

    def living(self, region: str) -> list[Stack]:
        """The stacks of a region that are not deleted."""
        return [s for s in self.stacks() if s.region == region and not s.status.is_gone]

    def exports(self, region: str) -> dict[str, str]:
        """Every exported value of a region by its name."""
        return {
            name: value for stack in self.living(region) for name, value in stack.exports.items()
        }

    def put_stack(self, stack: Stack) -> None:
        """Record a stack; a deleted one gives its name free."""
        with self._lock:
            self._store.put(_STACK, stack.stack_id, document(stack))
            key = f"{stack.region}/{stack.name}"
            if stack.status.is_gone:
                self._store.delete(_NAME, key)
            else:
                self._store.put(_NAME, key, {"stack_id": stack.stack_id})

    def forget_deleted(self, before: float) -> None:
        """Forget the stacks that were deleted before a time, with all that is told of them."""
        with self._lock:
            for stack in self.stacks():
                if stack.deleted_at is not None and stack.deleted_at < before:
                    self._forget(stack.stack_id)
            # Stacks and change sets name the digests of their templates, now and before.
            naming = repr([*self._store.all(_STACK), *self._store.all(_CHANGE_SET)])
            for digest, _ in self._store.all(_TEMPLATE):
                if digest not in naming:
                    self._store.delete(_TEMPLATE, digest)

    def _forget(self, stack_id: str) -> None:
        self._store.delete(_STACK, stack_id)
        self._event_counts.pop(stack_id, None)
        for kind in (_RESOURCE, _BEFORE, _REMAINDER, _EVENT, _CHANGE_SET):
            for key, _ in self._store.all(kind, f"{stack_id}/"):
                self._store.delete(kind, key)

    # --- what readers see ---

    @contextmanager
    def withheld(self, stack: Stack) -> Iterator[None]:
        """Until the block ends, readers see the stack and its events as they are now.

        Within it the new state is written and made durable, so that what a reader has once seen
        outlives a kill.
        """
        with self._lock:
            self._withheld[stack.stack_id] = (stack, self._event_count(stack.stack_id))
        try:
            yield
        finally:
            with self._lock:
                del self._withheld[stack.stack_id]

    def seen(self, region: str, name_or_id: str) -> Stack | None:
        """The stack of this name or id as readers see it; a deleted one by its id only."""
        with self._lock:
            for stack, _ in self._withheld.values():
                if name_or_id == stack.stack_id or (stack.region, stack.name) == (
                    region,
                    name_or_id,
                ):
                    return stack
            if name_or_id.startswith("arn:"):
                found = self.stack(name_or_id)
                return found if found is not None and found.region == region else None
            return self.named(region, name_or_id)

    def all_seen(self, region: str) -> list[Stack]:
        """Every stack of a region as readers see it, newest first, the deleted ones too."""
        with self._lock:
            withheld = {stack_id: stack for stack_id, (stack, _) in self._withheld.items()}
            stacks = [withheld.get(s.stack_id, s) for s in self.stacks() if s.region == region]
        return sorted(stacks, key=lambda stack: stack.created_at, reverse=True)

    def events(self, stack_id: str) -> list[StackEvent]:
        """The events that readers see, newest first."""
        with self._lock:
            found = [StackEvent(**event) for _, event in self._store.all(_EVENT, f"{stack_id}/")]
            if stack_id in self._withheld:
                found = found[: self._withheld[stack_id][1]]
        return found[::-1]

    def put_event(self, event: StackEvent) -> None:
        """Add an event to a stack's."""
        with self._lock:
            number = self._event_count(event.stack_id)
            self._event_counts[event.stack_id] = number + 1
            self._store.put(_EVENT, f"{event.stack_id}/{number:09d}", document(event))

    def _event_count(self, stack_id: str) -> int:
        if stack_id not in self._event_counts:
            self._event_counts[stack_id] = sum(1 for _ in self._store.all(_EVENT, f"{stack_id}/"))
        return self._event_counts[stack_id]

    # --- templates ---

    def keep_template(self, body: str) -> str:
        """Keep a template's text; the digest under which it is found."""
        digest = hashlib.sha256(body.encode()).hexdigest()
        if self._store.get(_TEMPLATE, digest) is None:
            self._store.put(_TEMPLATE, digest, {"body": body})
        return digest

    def template(self, digest: str) -> template.Template:
        """The template kept under a digest."""
        found = self._store.get(_TEMPLATE, digest)
        if found is None:
            raise KeyError(digest)
        return _parsed(found["body"])

    # --- resources ---

    def resources(self, stack_id: str) -> dict[str, StackResource]:
        """The resources of a stack by logical id."""
        return self._resources(_RESOURCE, stack_id)

    def put_resource(self, stack_id: str, resource: StackResource) -> None:
        """Record a resource."""
        self._store.put(_RESOURCE, f"{stack_id}/{resource.logical_id}", document(resource))

    def forget_resource(self, stack_id: str, resource: StackResource) -> None:
        """Remove a resource that the stack no longer has."""
        self._store.delete(_RESOURCE, f"{stack_id}/{resource.logical_id}")

    def before(self, stack_id: str) -> dict[str, StackResource]:
        """The resources as they were in the stack's previous configuration, by logical id."""
        return self._resources(_BEFORE, stack_id)

    def keep_before(self, stack_id: str) -> None:
        """Remember the resources as they are, for an update that may have to be rolled back."""
        for logical_id, resource in self.resources(stack_id).items():
            if resource.exists:
                self._store.put(_BEFORE, f"{stack_id}/{logical_id}", document(resource))

    def forget_before(self, stack_id: str) -> None:
        """Forget the previous configuration's resources."""
        for logical_id in self.before(stack_id):
            self._store.delete(_BEFORE, f"{stack_id}/{logical_id}")

    def remainders(self, stack_id: str) -> dict[str, StackResource]:
        """Resources that others have replaced and that are yet to be deleted, by token."""
        found = self._resources(_REMAINDER, stack_id).values()
        return {resource.token: resource for resource in found}

    def put_remainder(self, stack_id: str, resource: StackResource) -> None:
        """Record a replaced resource."""
        self._store.put(_REMAINDER, f"{stack_id}/{resource.token}", document(resource))

    def forget_remainder(self, stack_id: str, token: str) -> None:
        """Remove a replaced resource that is deleted, or is in use again."""
        self._store.delete(_REMAINDER, f"{stack_id}/{token}")

    def _resources(self, kind: str, stack_id: str) -> dict[str, StackResource]:
        prefix = f"{stack_id}/"
        return {
            key.removeprefix(prefix): StackResource.of(found)
            for key, found in self._store.all(kind, prefix)
        }

    # --- operations ---

    def operation(self, stack_id: str) -> Operation | None:
        """The operation under way on a stack."""
        found = self._store.get(_OPERATION, stack_id)
        return None if found is None else Operation.of(found)

    def operations(self) -> list[Operation]:
        """Every operation under way."""
        return [Operation.of(found) for _, found in self._store.all(_OPERATION)]

    def put_operation(self, operation: Operation) -> None:
        """Record an operation; it takes the place of the stack's former one."""
        self._store.put(_OPERATION, operation.stack_id, document(operation))

    def forget_operation(self, operation: Operation) -> None:
        """Remove the record of an operation that has ended."""
        self._store.delete(_OPERATION, operation.stack_id)

    # --- change sets ---

    def change_set(self, stack_id: str, name: str) -> dict[str, Any] | None:
        """The document of a stack's change set."""
        return self._store.get(_CHANGE_SET, f"{stack_id}/{name}")

    def change_sets(self) -> list[dict[str, Any]]:
        """The documents of all change sets, by stack and name."""
        return [found for _, found in self._store.all(_CHANGE_SET)]

    def put_change_set(self, stack_id: str, name: str, change_set: Mapping[str, Any]) -> None:
        """Record a change set."""
        self._store.put(_CHANGE_SET, f"{stack_id}/{name}", change_set)

    def forget_change_set(self, stack_id: str, name: str) -> None:
        """Remove a change set."""
        self._store.delete(_CHANGE_SET, f"{stack_id}/{name}")
