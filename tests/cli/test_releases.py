"""`releases` in Heroku's form, to the last space."""

# ruff: noqa: RUF001 - the bar of Heroku's errors

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from command_line import Said
from shops import NAME, Shop

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
    failed = release(
        13,
        "Deploy 33333333",
        timedelta(hours=2),
        status=ReleaseStatus.FAILED,
        reason="release.3f9a1c2e exited with code 1",
    )
    first = release(1, "Deploy 44444444", timedelta(days=9))
    releases.listed("my-shop", [pending, superseded, failed, LIVE, first], LIVE, now=NOW)
    assert capsys.readouterr().out == (
        "=== my-shop Releases - Current: v12\n"
        "\n"
        "  v     description                              user              created_at\n"
        f" {'─' * 104}\n"
        "  v15   Deploy 11111111 pending                  dev@example.com   2026/11/22 00:21:32 +0000 "
        "(~ 5s ago)\n"
        "  v14   Deploy 22222222 superseded by v15        dev@example.com   2026/11/22 00:21:28 +0000 "
        "(~ 9s ago)\n"
        "  v13   Deploy 33333333 release command failed   dev@example.com   2026/11/21 22:21:37 +0000 "
        "(~ 2h ago)\n"
        "  v12   Set FOO config vars                      dev@example.com   2026/11/22 00:11:37 +0000 "
        "(~ 10m ago)\n"
        "  v1    Deploy 44444444                          dev@example.com   2026/11/13 00:21:37 +0000\n"
        "\n"
    )


def test_before_a_first_success_no_release_is_current(capsys: Captured) -> None:
    failed = release(1, "Deploy 33333333", timedelta(days=9), status=ReleaseStatus.FAILED)
    releases.listed("my-shop", [failed], None, now=NOW)
    assert capsys.readouterr().out.splitlines()[0] == "=== my-shop Releases"


def test_a_release_is_described_with_its_config_vars(capsys: Captured) -> None:
    releases.described(LIVE, {"FOO": "bar", "MULTI": "line1\nline2"})
    assert capsys.readouterr().out == (
        "=== Release v12\n"
        "\n"
        "By:                     dev@example.com\n"
        "Change:                 Set FOO config vars\n"
        "Eligible for Rollback?: Yes\n"
        "When:                   2026-11-22T00:11:37Z\n"
        "\n"
        "=== v12 Config vars\n"
        "\n"
        "FOO:   bar\n"
        "MULTI: line1\n"
        "line2\n"
    )


def test_a_release_that_failed_says_why(capsys: Captured) -> None:
    failed = release(
        13,
        "Deploy 33333333",
        timedelta(hours=2),
        status=ReleaseStatus.FAILED,
        reason="web.3f9a1c2e exited with code 1",
    )
    releases.described(failed, {})
    assert capsys.readouterr().out == (
        "=== Release v13\n"
        "\n"
        "By:                     dev@example.com\n"
        "Change:                 Deploy 33333333\n"
        "Eligible for Rollback?: No\n"
        "Status:                 failed\n"
        "Reason:                 web.3f9a1c2e exited with code 1\n"
        "When:                   2026-11-21T22:21:37Z\n"
    )


@pytest.mark.e2e
def test_a_release_command_is_run_again_and_its_output_shown(shop: Shop) -> None:
    retried = shop.herogate("releases:retry")
    assert (retried.out, retried.code) == ("", 0)
    assert retried.err.startswith("Retrying v")
    newest = shop.app.platform.releases.all(NAME, limit=1)[0]
    assert newest.description.startswith("Retry of v")
    assert shop.herogate("releases:output", newest.version) == Said(
        out="migrated\n", err="", code=0
    )
    assert shop.herogate("releases:output").out == "migrated\n"


@pytest.mark.e2e
def test_a_release_that_is_not_there_is_refused(shop: Shop) -> None:
    said = shop.herogate("releases:output", "v999")
    assert (said.out, said.err.splitlines()[0], said.code) == (
        "",
        " ›   Error: Couldn't find that release.",
        2,
    )


@pytest.mark.e2e
def test_releases_are_listed_and_described(shop: Shop) -> None:
    newest = shop.app.platform.releases.newest(NAME)
    (listed,) = json.loads(shop.herogate("releases", "-n", "1", "--json").out)
    described = json.loads(shop.herogate("releases:info", newest.version, "--json").out)
    assert listed == described
    assert (listed["version"], listed["description"]) == (newest.number, newest.description)
    heading = f"=== {NAME} Releases - Current: {newest.version}"
    assert shop.herogate("releases").out.splitlines()[0] == heading
    assert shop.herogate("releases:info").out.startswith(
        f"=== Release {newest.version}\n\nBy:                     {newest.user}\n"
    )
