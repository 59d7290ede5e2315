"""What CodeBuild's own lines say."""

from __future__ import annotations

import pytest

from herogate.aws.codebuild import is_last_line

STAMP = "[Container] 2026/11/22 15:51:21.907868"


@pytest.mark.parametrize(
    ("line", "is_last"),
    [
        (f"{STAMP} Phase complete: UPLOAD_ARTIFACTS State: SUCCEEDED\n", True),
        (f"{STAMP} Phase complete: UPLOAD_ARTIFACTS State: FAILED\n", True),
        (f"{STAMP} Phase complete: BUILD State: FAILED\n", False),
        ("echo Phase complete: UPLOAD_ARTIFACTS State: SUCCEEDED\n", False),
    ],
)
def test_nothing_of_a_build_follows_the_end_of_its_last_phase(line: str, is_last: bool) -> None:
    assert is_last_line(line) is is_last
