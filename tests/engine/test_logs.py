"""An app's log: whose lines are chosen, and how they are named."""

from __future__ import annotations

import time
from itertools import islice

import pytest
from local_cloud import LocalCloud

from herogate import NotFound, Platform
from herogate.models import LogLine, LogSource

STREAMS = {
    "web": "web/web/3f9a1c2e000000000000000000000000",
    "other web": "web/web/ffff0000000000000000000000000000",
    "worker": "worker/worker/00c0ffee000000000000000000000000",
    "guest": "somebody/else",
}


@pytest.fixture
def app(platform: Platform, aws: LocalCloud) -> str:
    """An app whose processes, and a build of nobody's, each wrote a line, a millisecond apart."""
    platform.apps.create("chatty").wait()
    logs = aws.client("logs", region_name=platform.region)
    streams = [("/herogate/chatty/app", stream) for stream in STREAMS.values()]
    first = int(time.time() * 1000)
    for number, (group, stream) in enumerate([*streams, ("/herogate/chatty/build", "nobodys")]):
        logs.create_log_stream(logGroupName=group, logStreamName=stream)
        event = {"timestamp": first + number, "message": f"line {number}\n"}
        logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=[event])
    return "chatty"


def shown(lines: list[LogLine]) -> list[str]:
    return [f"{line.source}[{line.process}]: {line.message}" for line in lines]


WEB, OTHER_WEB = "app[web.3f9a1c2e]: line 0", "app[web.ffff0000]: line 1"
WORKER, GUEST = "app[worker.00c0ffee]: line 2", "app[somebody/else]: line 3"
BUILD = "herogate[build.nobodys]: line 4"


def test_lines_are_chosen_by_number_process_and_source(platform: Platform, app: str) -> None:
    logs = platform.logs
    assert shown(logs.recent(app)) == [WEB, OTHER_WEB, WORKER, GUEST, BUILD]
    assert shown(logs.recent(app, lines=2)) == [GUEST, BUILD]
    assert shown(logs.recent(app, process="web")) == [WEB, OTHER_WEB]
    assert shown(logs.recent(app, process="web.ffff0000")) == [OTHER_WEB]
    assert shown(logs.recent(app, source=LogSource.APP)) == [WEB, OTHER_WEB, WORKER, GUEST]
    assert shown(logs.recent(app, source=LogSource.HEROGATE)) == [BUILD]
    assert shown(logs.recent(app, process="web", source=LogSource.HEROGATE)) == []
    assert shown(list(islice(logs.tail(app, lines=2), 2))) == [GUEST, BUILD]


def test_who_writes_nothing_and_is_nobody_is_refused(platform: Platform, app: str) -> None:
    with pytest.raises(NotFound, match="There is no process type clock of chatty"):
        platform.logs.recent(app, process="clock")
    with pytest.raises(NotFound, match=r"There is no process web\.12345678 of chatty"):
        platform.logs.recent(app, process="web.12345678")
    with pytest.raises(NotFound, match="Couldn't find that process"):
        platform.logs.recent(app, process="web.1")
    with pytest.raises(NotFound, match="Couldn't find that app"):
        platform.logs.recent("nobodys-app")
