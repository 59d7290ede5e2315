"""`builds`, to the last space."""

# ruff: noqa: RUF001 - the bar of Heroku's errors

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from command_line import Said
from shops import NAME, Shop

from herogate.cli import builds
from herogate.models import Build, BuildStatus

NOW = datetime(2026, 11, 22, 0, 21, 37, tzinfo=UTC)

RUNNING = Build(
    id="herogate--my-shop--build:1b",
    number=2,
    status=BuildStatus.RUNNING,
    started_at=NOW - timedelta(seconds=7),
)
FAILED = Build(
    id="herogate--my-shop--build:1a",
    number=1,
    status=BuildStatus.FAILED,
    started_at=NOW - timedelta(hours=2),
    ended_at=NOW - timedelta(hours=2) + timedelta(seconds=65),
    commit="9f8e7d6c" * 5,
    log_group="/herogate/my-shop/build",
    log_stream="1a",
    failure="COMMAND_EXECUTION_ERROR: exit status 1",
)


def test_builds_stand_in_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    builds.listed("my-shop", [RUNNING, FAILED], now=NOW)
    assert capsys.readouterr().out == (
        "=== my-shop Builds\n"
        "\n"
        "  build   status    commit     duration   created_at\n"
        f" {'─' * 78}\n"
        "  2       running              7s         2026/11/22 00:21:30 +0000 (~ 7s ago)\n"
        "  1       failed    9f8e7d6c   1m 5s      2026/11/21 22:21:37 +0000 (~ 2h ago)\n"
        "\n"
    )


def test_a_build_is_described_with_the_reason_of_its_failure(
    capsys: pytest.CaptureFixture[str],
) -> None:
    builds.described(FAILED, now=NOW)
    assert capsys.readouterr().out == (
        "=== Build 1\n"
        "\n"
        "Status:       failed\n"
        "Reason:       COMMAND_EXECUTION_ERROR: exit status 1\n"
        f"Commit:       {'9f8e7d6c' * 5}\n"
        "Started:      2026/11/21 22:21:37 +0000 (~ 2h ago)\n"
        "Duration:     1m 5s\n"
        "Log Group:    /herogate/my-shop/build\n"
        "Log Stream:   1a\n"
        "CodeBuild Id: herogate--my-shop--build:1a\n"
    )


@pytest.mark.e2e
def test_of_an_app_that_was_never_pushed_to_there_are_no_builds(shop: Shop) -> None:
    refused = Said(
        out="",
        err=f" ›   Error: {NAME} has no builds yet.\n ›\n ›   `git push` makes one.\n",
        code=2,
    )
    assert [
        shop.herogate(*words.split())
        for words in ("builds", "builds --json", "builds:info", "builds:output 3")
    ] == [
        Said(out=f"{NAME} has no builds.\n", err="", code=0),
        Said(out="[]\n", err="", code=0),
        refused,
        refused,
    ]
