"""What is written into an app's log of what was done with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from herogate.engine.chronicle import of_release, of_scaling
from herogate.models import FormationEntry, Release, ReleaseStatus, Size

RELEASE = Release(
    number=12,
    description="Set FOO config vars",
    user="ada",
    created_at=datetime(2026, 1, 1, tzinfo=UTC),
)


def test_a_release_is_told_with_its_reason_and_its_maker() -> None:
    assert of_release(RELEASE) == [
        "Set FOO config vars by user ada",
        "Release v12 created by user ada",
    ]


def test_of_a_release_that_was_settled_only_its_failure_is_told() -> None:
    failed = replace(RELEASE, status=ReleaseStatus.FAILED)
    assert of_release(replace(failed, reason="web.3f9a1c2e exited with code 1\nKeyError")) == [
        "Release v12 failed: web.3f9a1c2e exited with code 1"
    ]
    assert of_release(failed) == ["Release v12 failed"]
    assert of_release(replace(RELEASE, status=ReleaseStatus.SUCCEEDED)) == []


def test_a_scaling_is_told_as_it_can_be_asked_for_again() -> None:
    entries = [
        FormationEntry(type="web", quantity=3, size=Size.STANDARD_1X),
        FormationEntry(type="worker", quantity=0, size=Size.STANDARD_2X),
    ]
    assert of_scaling(entries, user="ada") == (
        "Scaled to web@3:Standard-1X worker@0:Standard-2X by user ada"
    )
