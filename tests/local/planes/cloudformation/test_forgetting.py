"""What is told of deleted stacks, and for how long."""

from __future__ import annotations

from pathlib import Path

from herogate.local.planes.cloudformation.records import events
from herogate.local.planes.cloudformation.records.records import Records
from herogate.local.planes.cloudformation.records.stack import Configuration, Stack
from herogate.local.planes.cloudformation.records.status import StackStatus
from herogate.local.store import Store

DAY = 24 * 3600.0


def stack(records: Records, name: str, deleted_at: float | None) -> Stack:
    """A stack with a template of its own and one event."""
    made = Stack(
        stack_id=f"arn:aws:cloudformation:us-east-1:123456789012:stack/{name}/1",
        name=name,
        region="us-east-1",
        status=StackStatus.CREATE_COMPLETE if deleted_at is None else StackStatus.DELETE_COMPLETE,
        created_at=0.0,
        deleted_at=deleted_at,
        configuration=Configuration(template=records.keep_template(f'{{"Description": "{name}"}}')),
    )
    records.put_stack(made)
    records.put_event(events.of_stack(made, None, 0.0))
    return made


def test_a_stack_deleted_long_ago_is_forgotten_with_its_events_and_template(tmp_path: Path) -> None:
    store = Store(tmp_path / "store.db")
    records = Records(store)
    old = stack(records, "old", deleted_at=5 * DAY)
    late = stack(records, "late", deleted_at=15 * DAY)
    living = stack(records, "living", deleted_at=None)
    records.forget_deleted(10 * DAY)
    kept = {each.name: len(records.events(each.stack_id)) for each in (old, late, living)}
    assert sorted(each.name for each in records.stacks()) == ["late", "living"]
    assert kept == {"old": 0, "late": 1, "living": 1}
    assert [
        store.get("cloudformation.template", each.configuration.template) is not None
        for each in (old, late, living)
    ] == [False, True, True]
    store.close()
