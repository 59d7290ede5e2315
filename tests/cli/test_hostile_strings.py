"""What an app, a build, a pusher or AWS says reaches no terminal raw, by whatever way it comes."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hostile import obeyed, strings
from terminals import Terminal

from herogate.cli import domains, logs, output, progress, ps, ps_type, releases, tables
from herogate.errors import ConfirmationMismatch, HerogateError
from herogate.gitremote import talk
from herogate.models import (
    Certificate,
    CertificateStatus,
    DnsRecord,
    Domain,
    DomainStatus,
    FormationEntry,
    LogLine,
    LogSource,
    Process,
    ProcessState,
    Release,
    ReleaseStatus,
    Setback,
    Size,
)

HOSTILE = list(strings())
NOW = datetime(2026, 11, 22, tzinfo=UTC)


def app_log(text: str) -> None:
    line = LogLine(time=NOW, source=LogSource.APP, process=text, message=text)
    logs.shown([line], coloured=True)


def output_of_a_one_off(text: str) -> None:
    output.pass_on(text)


def build_output(text: str) -> None:
    output.say_at_once(text)


def pushed(text: str) -> None:
    talk.remote(text)
    talk.fatal(text)
    talk.fail(HerogateError(text, text))


def config_values(text: str) -> None:
    output.variables({"KEY": text, text: "value"})
    output.dotenv({"KEY": text})
    output.value(text)
    output.assignments({"key": text})
    output.document({text: text})


def release(text: str) -> None:
    made = Release(
        number=1,
        description=text,
        user=text,
        created_at=NOW,
        status=ReleaseStatus.FAILED,
        reason=text,
    )
    releases.listed(text, [made], made, now=NOW)
    releases.described(made, {text: text})


def processes(text: str) -> None:
    process = Process(
        type=text,
        name=f"{text}.1",
        state=ProcessState.UP,
        since=NOW,
        command=text,
        size=Size.STANDARD_1X,
    )
    ps.listed([process], now=NOW)
    entry = FormationEntry(type=text, quantity=1, size=Size.STANDARD_1X, command=text)
    ps_type.listed([entry])


def domain(text: str) -> None:
    record = DnsRecord(name=text, type="CNAME", value=text)
    certificate = Certificate(
        name=text,
        hostname=text,
        status=CertificateStatus.PENDING,
        created_at=NOW,
        record=record,
        failure=text,
    )
    domains.told(
        Domain(
            hostname=text,
            url=text,
            cname=text,
            status=DomainStatus.PENDING,
            created_at=NOW,
            certificate=certificate,
        )
    )
    tables.show(tables.Shape(is_csv=True), [text], [[text]])


def talked(text: str) -> None:
    output.talk(text, style="32")
    output.warn(text)
    output.fail(HerogateError(text, text))
    output.fail(ConfirmationMismatch(text, text))
    output.heading(text)
    output.pairs({text: text})
    with progress.action(text, done=text):
        pass
    progress.follow(lambda: [Setback(reason=text, next_step=text)], text, left=text)  # type: ignore[arg-type,return-value]


WAYS: list[Callable[[str], None]] = [
    app_log,
    output_of_a_one_off,
    build_output,
    pushed,
    config_values,
    release,
    processes,
    domain,
    talked,
]


def test_there_are_two_hundred() -> None:
    assert len(set(HOSTILE)) == 200
    assert [text for text in HOSTILE if not obeyed(text)] == []


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_nothing_raw_reaches_a_terminal(
    monkeypatch: pytest.MonkeyPatch, way: Callable[[str], None]
) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    monkeypatch.setattr(sys, "stderr", terminal)
    for text in HOSTILE:
        way(text)
    assert obeyed(terminal.shown) == []
    assert "before" in terminal.shown


def test_a_table_keeps_a_cell_in_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    output.table(["v", "description"], [["v1", "Deploy\n  v2    forged"]])
    assert len(capsys.readouterr().out.splitlines()) == 3
