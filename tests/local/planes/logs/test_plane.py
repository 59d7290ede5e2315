"""The plane from within: writers of this process, and what stays after a stop or a kill."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sqlite3
import time
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from encryption_keys import policy_for_logs
from inside_cloud import inside
from local_cloud import LocalCloud, running

from herogate.local import lifecycle
from herogate.local.cloud import Cloud
from herogate.local.directory import Directory
from herogate.local.errors import AwsError

REGION = "us-east-1"


async def ask(cloud: Cloud, operation: str, **parameters: Any) -> Any:
    return await cloud.calls.ask("logs", operation, parameters, region=REGION, caller=cloud.root)


async def ask_kms(cloud: Cloud, operation: str, **parameters: Any) -> Any:
    return await cloud.calls.ask("kms", operation, parameters, region=REGION, caller=cloud.root)


async def messages(cloud: Cloud, group: str) -> list[tuple[str, str]]:
    found = await ask(cloud, "FilterLogEvents", logGroupName=group)
    return [(event["logStreamName"], event["message"]) for event in found["events"]]


def test_what_is_written_can_be_read_at_once_and_makes_its_stream(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with inside(tmp_path / "local") as cloud:
            await ask(cloud, "CreateLogGroup", logGroupName="/plane/write")
            now = cloud.logs.now()
            await asyncio.gather(
                *(
                    cloud.logs.write(
                        REGION, "/plane/write", f"web/web/{n}", [(now + n, f"line {n}")]
                    )
                    for n in range(5)
                )
            )
            assert await messages(cloud, "/plane/write") == [
                (f"web/web/{n}", f"line {n}") for n in range(5)
            ]

    asyncio.run(scenario())


def test_empty_messages_are_left_out_long_ones_cut_and_half_characters_replaced(
    tmp_path: Path,
) -> None:
    async def scenario() -> None:
        async with inside(tmp_path / "local") as cloud:
            await ask(cloud, "CreateLogGroup", logGroupName="/plane/odd")
            now = cloud.logs.now()
            long = "é" * 200_000
            events = [(now, ""), (now, "a\udcffb\0c"), (now, long), (now, "end")]
            await cloud.logs.write(REGION, "/plane/odd", "web", events)
            first, second, third, last = [text for _, text in await messages(cloud, "/plane/odd")]
            assert (first, second + third, last) == ("a?b\0c", long, "end")
            assert len(second.encode()) == 256 * 1024 - 26

    asyncio.run(scenario())


def test_nothing_is_written_to_a_group_that_is_not_there(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with inside(tmp_path / "local") as cloud:
            with pytest.raises(AwsError, match="The specified log group does not exist"):
                await cloud.logs.write(REGION, "/plane/nobody", "web", [(0, "line")])

    asyncio.run(scenario())


def test_ten_thousand_lines_of_ten_writers_take_no_second(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with inside(tmp_path / "local") as cloud:
            await ask(cloud, "CreateLogGroup", logGroupName="/plane/fast")

            async def program(name: str) -> None:
                for _ in range(100):
                    lines = [(cloud.logs.now(), f"a line of {name}, as long as most")] * 10
                    await cloud.logs.write(REGION, "/plane/fast", name, lines)

            started = time.process_time()
            await asyncio.gather(*(program(f"web/web/{number}") for number in range(10)))
            assert time.process_time() - started < 1
            assert len(await messages(cloud, "/plane/fast")) == 10_000

    asyncio.run(scenario())


def test_a_disk_that_fails_is_told_and_the_next_lines_are_kept(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with inside(tmp_path / "local") as cloud:
            await ask(cloud, "CreateLogGroup", logGroupName="/plane/full")
            database = sqlite3.connect(tmp_path / "local" / "logs" / "events.db")
            database.execute(
                "CREATE TRIGGER full BEFORE INSERT ON events BEGIN SELECT raise(ABORT, 'full'); END"
            )
            with pytest.raises(AwsError, match="cannot keep log events: full"):
                await cloud.logs.write(REGION, "/plane/full", "web", [(1, "lost")])
            database.execute("DROP TRIGGER full")
            database.close()
            await cloud.logs.write(REGION, "/plane/full", "web", [(2, "kept")])
            assert await messages(cloud, "/plane/full") == [("web", "kept")]

    asyncio.run(scenario())


def test_events_of_what_was_deleted_leave_the_disk(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with inside(tmp_path / "local") as cloud:
            policy = json.dumps(policy_for_logs("/plane/*"))
            made = await ask_kms(cloud, "CreateKey", Policy=policy)
            key = made["KeyMetadata"]["Arn"]
            await ask(cloud, "CreateLogGroup", logGroupName="/plane/gone", kmsKeyId=key)
            lines = [(cloud.logs.now(), "line")] * 25_000
            await cloud.logs.write(REGION, "/plane/gone", "web", lines)
            await ask(cloud, "DeleteLogGroup", logGroupName="/plane/gone")
            async with asyncio.timeout(60):
                while rows(tmp_path / "local") != {
                    "groups": 0,
                    "streams": 0,
                    "events": 0,
                    "swept": 0,
                    "encryption": 0,
                }:
                    await asyncio.sleep(0.01)

    asyncio.run(scenario())


def rows(directory: Path) -> dict[str, int]:
    """How many rows each table of the archive has."""
    database = sqlite3.connect(directory / "logs" / "events.db")
    try:
        tables = ("groups", "streams", "events", "swept", "encryption")
        return {
            table: database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in tables
        }
    finally:
        database.close()


def test_what_was_put_survives_a_kill_and_a_stop_with_its_key(directory: Directory) -> None:
    put(running(directory), "first")
    pid = directory.control_pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    while directory.is_locked():  # ends when the last process has gone
        pass
    after_kill = running(directory)
    after_kill.client("logs").disassociate_kms_key(logGroupName="/plane/kept")
    put(after_kill, "second")
    lifecycle.stop(directory)
    logs, kms = (running(directory).client(name) for name in ("logs", "kms"))
    found = logs.filter_log_events(logGroupName="/plane/kept")["events"]
    kms.disable_key(KeyId=kms.describe_key(KeyId="alias/kept")["KeyMetadata"]["KeyId"])

    assert [event["message"] for event in found] == ["first", "second"]
    with pytest.raises(ClientError, match="is not allowed to be used with Arn"):
        logs.filter_log_events(logGroupName="/plane/kept")
    newer = logs.filter_log_events(logGroupName="/plane/kept", startTime=found[0]["timestamp"] + 1)
    assert [event["message"] for event in newer["events"]] == ["second"]


def test_streams_go_with_a_group_that_cloudformation_removes(cloud: LocalCloud) -> None:
    cloudformation, logs = cloud.client("cloudformation"), cloud.client("logs")
    group = {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "/plane/stack"}}
    for _ in range(2):
        cloudformation.create_stack(
            StackName="plane-logs", TemplateBody=json.dumps({"Resources": {"Group": group}})
        )
        finished(cloudformation, "stack_create_complete")
        assert logs.describe_log_streams(logGroupName="/plane/stack")["logStreams"] == []
        logs.create_log_stream(logGroupName="/plane/stack", logStreamName="web")
        cloudformation.delete_stack(StackName="plane-logs")
        finished(cloudformation, "stack_delete_complete")


def finished(cloudformation: Any, state: str) -> None:
    waiter = cloudformation.get_waiter(state)
    waiter.wait(StackName="plane-logs", WaiterConfig={"Delay": 1, "MaxAttempts": 30})


def put(cloud: LocalCloud, message: str) -> None:
    logs = cloud.client("logs")
    if not logs.describe_log_groups()["logGroups"]:
        kms = cloud.client("kms")
        policy = json.dumps(policy_for_logs("/plane/*", cloud.region))
        key = kms.create_key(Policy=policy)["KeyMetadata"]
        kms.create_alias(AliasName="alias/kept", TargetKeyId=key["KeyId"])
        logs.create_log_group(logGroupName="/plane/kept", kmsKeyId=key["Arn"])
        logs.create_log_stream(logGroupName="/plane/kept", logStreamName="web")
    event = {"timestamp": int(time.time() * 1000), "message": message}
    logs.put_log_events(logGroupName="/plane/kept", logStreamName="web", logEvents=[event])
