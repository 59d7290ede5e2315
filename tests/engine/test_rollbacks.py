"""Which release can be gone back to."""

from __future__ import annotations

import pytest
from releases_cases import release

from herogate.engine import rollbacks
from herogate.engine.release_records import Record
from herogate.errors import HerogateError
from herogate.models import ReleaseStatus

LIVE, FAILED = ReleaseStatus.SUCCEEDED, ReleaseStatus.FAILED
FIRST = release(1, slug=None, formation={}, status=LIVE)
RELEASES = [
    release(number, status=status) for number, status in ((5, LIVE), (4, FAILED), (3, LIVE))
]
RECORDS = [Record(release=each) for each in (*RELEASES, release(2, status=LIVE), FIRST)]


@pytest.mark.parametrize(
    ("asked", "pruned", "found"), [(None, 0, 3), (2, 1, 2), (5, 0, 5), (5, 9, 5)]
)
def test_one_that_was_live_can_be_gone_back_to(asked: int | None, pruned: int, found: int) -> None:
    assert rollbacks.target("my-shop", RECORDS, asked, pruned=pruned).number == found


@pytest.mark.parametrize(
    ("asked", "message", "hint"),
    [
        (
            4,
            "my-shop cannot be rolled back to v4: it was never live, it is failed.",
            "`herogate releases -a my-shop` lists what there is.",
        ),
        (
            2,
            "my-shop cannot be rolled back to v2: only the last 30 releases keep their images and "
            "config vars.",
            "The oldest that can be gone back to is v3.",
        ),
        (
            9,
            "Couldn't find that release.",
            "my-shop has no release v9. `herogate releases -a my-shop` lists what there is.",
        ),
    ],
)
def test_any_other_is_refused_with_the_reason(asked: int, message: str, hint: str) -> None:
    with pytest.raises(HerogateError) as refused:
        rollbacks.target("my-shop", RECORDS, asked, pruned=2)
    assert (refused.value.message, refused.value.hint) == (message, hint)


def test_one_from_before_the_first_deploy_has_nothing_to_run() -> None:
    with pytest.raises(HerogateError, match="it came before the first deploy"):
        rollbacks.target("my-shop", RECORDS, 1, pruned=0)


def test_before_there_were_two_there_is_no_way_back() -> None:
    with pytest.raises(HerogateError, match="my-shop has no earlier release to roll back to"):
        rollbacks.target("my-shop", RECORDS[:1], None, pruned=0)
