"""Following a stack: what CloudFormation's events mean as progress, and how a stack's change ends."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from functools import partial

from herogate.aws.cloudformation import ResourceEvent, Stack, Stacks
from herogate.engine.clock import Sleep, delays
from herogate.engine.work import Steps
from herogate.errors import DestructionFailed
from herogate.models import StackProgress

_DELAYS = partial(delays, 0.25, growth=1.25, longest=2.0)
_PATIENCE_SECONDS = 900.0


@dataclass(frozen=True, kw_only=True)
class End:
    """How a stack's change ended.

    Attributes:
        stack: as it is now; None when it is gone.
        failures: the resources that failed of themselves, in the order they did.
    """

    stack: Stack | None
    failures: tuple[ResourceEvent, ...] = ()

    @property
    def is_created(self) -> bool:
        return self.stack is not None and self.stack.status.is_whole

    @property
    def is_updated(self) -> bool:
        return self.is_created and not (self.stack and self.stack.status.is_update_failed)

    @property
    def is_gone(self) -> bool:
        return self.stack is None or self.stack.status.is_gone

    @property
    def reason(self) -> str:
        """Why it failed: the first resource that did and what AWS said of it."""
        for failure in self.failures:
            return f"{failure.resource} ({failure.type}): {failure.reason or failure.status}"
        if self.stack is None:
            return "the stack was deleted meanwhile"
        return self.stack.reason or f"the stack is {self.stack.status}"


def creation(stacks: Stacks, stack_id: str, name: str, total: int, sleep: Sleep) -> Steps[End]:
    """Follow a stack's creation, and the rollback if it fails, to the end."""
    return (yield from _follow(stacks, stack_id, None, sleep, lambda e: created(e, name, total)))


def update(stacks: Stacks, stack: Stack, after: str | None, sleep: Sleep) -> Steps[End]:
    """Follow whatever CloudFormation does with a stack, from an event on, to the end."""
    total = len(stacks.made(stack.id))
    return (
        yield from _follow(stacks, stack.id, after, sleep, lambda e: created(e, stack.name, total))
    )


def deletion(stacks: Stacks, stack: Stack, sleep: Sleep) -> Steps[None]:
    """Delete a stack and follow it until it is gone.

    A stack that CloudFormation is still rolling back or updating is let finish first.

    Raises:
        DestructionFailed: some resource would not go; the reason is AWS's.
    """
    if (stack.status.is_stillborn and not stack.status.is_settled) or stack.status.is_updating:
        yield from _finished(stacks, stack, sleep)
    while True:
        total, before = len(stacks.made(stack.id)), stacks.events(stack.id)
        if stacks.delete(stack.id):
            break
        yield from _finished(stacks, stack, sleep)  # somebody has begun to change it meanwhile
    end = yield from _follow(
        stacks,
        stack.id,
        before[-1].id if before else None,
        sleep,
        lambda e: removed(e, stack.name, total),
    )
    if not end.is_gone:
        raise DestructionFailed(
            f"AWS could not remove all of {stack.name}: {end.reason}",
            "Run the same command again when the cause is gone.",
        )


def _finished(stacks: Stacks, stack: Stack, sleep: Sleep) -> Steps[End]:
    """Let CloudFormation finish what it does with a stack that is to be deleted."""
    return (
        yield from _follow(stacks, stack.id, None, sleep, lambda e: removed(e, stack.name, len(e)))
    )


def vanishing(subject: str, left: Callable[[], Sequence[str]], sleep: Sleep) -> Steps[None]:
    """Look at what is left until nothing is.

    Raises:
        DestructionFailed: something is there still after a quarter of an hour.
    """
    most, waited = 0, 0.0
    for delay in _DELAYS():
        names = left()
        if not names:
            return
        most = max(most, len(names))
        if waited > _PATIENCE_SECONDS:
            raise DestructionFailed(
                f"AWS has not ended all of {subject}: {', '.join(names)}.",
                "Run the same command again.",
            )
        yield StackProgress(
            stack=subject, done=most - len(names), total=most, waiting_for=tuple(names)
        )
        sleep(delay)
        waited += delay


def created(events: Sequence[ResourceEvent], stack: str, total: int) -> StackProgress:
    """How far a creation is, by all its events."""
    latest = _latest(events)
    return StackProgress(
        stack=stack,
        done=sum(event.is_created for event in latest),
        total=total,
        waiting_for=tuple(event.resource for event in latest if event.is_begun),
    )


def removed(events: Sequence[ResourceEvent], stack: str, total: int) -> StackProgress:
    """How far a deletion is, by its events."""
    latest = _latest(events)
    return StackProgress(
        stack=stack,
        done=sum(event.is_deleted for event in latest),
        total=total,
        waiting_for=tuple(event.resource for event in latest if event.is_begun),
    )


def _latest(events: Sequence[ResourceEvent]) -> list[ResourceEvent]:
    """The last event of each resource, resources in the order they were first begun."""
    latest: dict[str, ResourceEvent] = {}
    for event in events:
        if not event.is_of_stack:
            latest[event.resource] = event
    return list(latest.values())


def _follow(
    stacks: Stacks,
    stack_id: str,
    after: str | None,
    sleep: Sleep,
    progress: Callable[[Sequence[ResourceEvent]], StackProgress],
) -> Generator[StackProgress, None, End]:
    events: list[ResourceEvent] = []
    for delay in _DELAYS():
        # The stack first: events read after it are then never older than its status.
        stack = stacks.describe(stack_id)
        events += stacks.events(stack_id, after=events[-1].id if events else after)
        yield progress(events)
        if stack is None or stack.status.is_settled:
            break
        sleep(delay)
    failures = tuple(e for e in events if e.is_failure and not e.is_of_stack)
    return End(stack=stack, failures=failures)
