"""Checkpoints wait for steps, and let through what a step itself waits for."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from inside_cloud import CloudInside, cloud_inside


def call_within_a_step(found: CloudInside) -> int:
    """Have a checkpoint wait for a thread's step, which calls the cloud; how many events it lost."""
    cloud = found.cloud
    events = cloud.client("events", "us-east-1", cloud.root.credentials)
    with cloud.step():
        kept = asyncio.run_coroutine_threadsafe(cloud.kept(), found.loop)
        answer = events.put_events(
            Entries=[{"Source": "test", "DetailType": "Test", "Detail": "{}"}]
        )
        assert not kept.done()
    kept.result(timeout=20)
    return int(answer["FailedEntryCount"])


def test_a_call_within_a_threads_step_gets_through_while_a_checkpoint_waits(tmp_path: Path) -> None:
    with cloud_inside(tmp_path / "local") as found, ThreadPoolExecutor(max_workers=1) as thread:
        assert thread.submit(call_within_a_step, found).result(timeout=20) == 0
