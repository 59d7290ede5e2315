"""`releases` in Heroku's form, to the last space."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from herogate.cli import releases
from herogate.models import Architecture, ProcessType, Release, ReleaseStatus, Slug

NOW = datetime(2026, 11, 22, 0, 21, 37, tzinfo=UTC)

Captured = pytest.CaptureFixture[str]


def release(number: int, description: str, age: timedelta, **more: object) -> Release:
    values = {"status": ReleaseStatus.SUCCEEDED, **more}
    return Release(
        number=number,
        description=description,
        user="dev@example.com",
        created_at=NOW - age,
        **values,  # type: ignore[arg-type]
    )


SLUG = Slug(image_digest=f"sha256:{'0' * 64}", architecture=Architecture.ARM64)
LIVE = release(
    12,
    "Set FOO config vars",
    timedelta(minutes=10),
    slug=SLUG,
    commit="9f8e7d6c" * 5,
    config={"FOO": "/herogate/my-shop/config/FOO/secret-token", "BAR": "/herogate/…/token"},
    formation={"worker": ProcessType(command="work"), "web": ProcessType(command=None)},
)


def test_releases_stand_in_a_table_with_what_became_of_them(capsys: Captured) -> None:
    pending = release(15, "Deploy 11111111", timedelta(seconds=5), status=ReleaseStatus.PENDING)
    superseded = release(
        14,
        "Deploy 22222222",
        timedelta(seconds=9),
        status=ReleaseStatus.SUPERSEDED,
        superseded_by=15,
    )
    failed = release(13, "Deploy 33333333", timedelta(hours=2), status=ReleaseStatus.FAILED)
    first = release(1, "Deploy 44444444", timedelta(days=9))
    releases.listed("my-shop", [pending, superseded, failed, LIVE, first], LIVE, now=NOW)
    assert capsys.readouterr().out == (
        "=== my-shop Releases - Current: v12\n"
        "\n"
        "  v     description                         user              created_at\n"
        f" {'─' * 99}\n"
        "  v15   Deploy 11111111 pending             dev@example.com   2026/11/22 00:21:32 +0000 "
        "(~ 5s ago)\n"
        "  v14   Deploy 22222222 superseded by v15   dev@example.com   2026/11/22 00:21:28 +0000 "
        "(~ 9s ago)\n"
        "  v13   Deploy 33333333 failed              dev@example.com   2026/11/21 22:21:37 +0000 "
        "(~ 2h ago)\n"
        "  v12   Set FOO config vars                 dev@example.com   2026/11/22 00:11:37 +0000 "
        "(~ 10m ago)\n"
        "  v1    Deploy 44444444                     dev@example.com   2026/11/13 00:21:37 +0000\n"
        "\n"
    )


def test_before_a_first_success_no_release_is_current(capsys: Captured) -> None:
    failed = release(1, "Deploy 33333333", timedelta(days=9), status=ReleaseStatus.FAILED)
    releases.listed("my-shop", [failed], None, now=NOW)
    assert capsys.readouterr().out.splitlines()[0] == "=== my-shop Releases"


def test_a_release_is_described_without_the_value_of_any_config_var(capsys: Captured) -> None:
    releases.described(LIVE, LIVE)
    assert capsys.readouterr().out == (
        "=== Release v12\n"
        "\n"
        "By:          dev@example.com\n"
        "Change:      Set FOO config vars\n"
        "Status:      succeeded, current\n"
        f"Commit:      {'9f8e7d6c' * 5}\n"
        f"Image:       sha256:{'0' * 64}\n"
        "Processes:   web, worker\n"
        "Config Vars: BAR, FOO\n"
        "When:        2026-11-22T00:11:37Z\n"
    )


def test_a_release_that_failed_says_why(capsys: Captured) -> None:
    failed = release(
        13,
        "Deploy 33333333",
        timedelta(hours=2),
        status=ReleaseStatus.FAILED,
        reason="web.3f9a1c2e exited with code 1",
    )
    releases.described(failed, LIVE)
    assert capsys.readouterr().out == (
        "=== Release v13\n"
        "\n"
        "By:     dev@example.com\n"
        "Change: Deploy 33333333\n"
        "Status: failed\n"
        "Reason: web.3f9a1c2e exited with code 1\n"
        "When:   2026-11-21T22:21:37Z\n"
    )
