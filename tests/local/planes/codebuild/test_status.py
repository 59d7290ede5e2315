"""Which phase follows which, and whether artifacts are uploaded."""

from __future__ import annotations

import pytest

from herogate.local.planes.codebuild.buildspec import OnFailure, PhaseName
from herogate.local.planes.codebuild.status import following, uploads_after

INSTALL, PRE_BUILD, BUILD, POST_BUILD = PhaseName
ABORT, CONTINUE = OnFailure


@pytest.mark.parametrize(
    ("phase", "succeeded", "on_failure", "next_phase", "uploads"),
    [
        (INSTALL, True, None, PRE_BUILD, False),
        (INSTALL, False, None, None, False),
        (INSTALL, False, ABORT, None, False),
        (INSTALL, False, CONTINUE, PRE_BUILD, False),
        (PRE_BUILD, True, ABORT, BUILD, False),
        (PRE_BUILD, False, None, None, False),
        (PRE_BUILD, False, CONTINUE, BUILD, False),
        (BUILD, True, None, POST_BUILD, False),
        (BUILD, False, None, POST_BUILD, False),
        (BUILD, False, CONTINUE, POST_BUILD, False),
        (BUILD, False, ABORT, None, False),
        (POST_BUILD, True, None, None, True),
        (POST_BUILD, False, None, None, True),
        (POST_BUILD, False, CONTINUE, None, True),
        (POST_BUILD, False, ABORT, None, False),
    ],
)
def test_what_comes_after_a_phase(
    phase: PhaseName,
    succeeded: bool,
    on_failure: OnFailure | None,
    next_phase: PhaseName | None,
    uploads: bool,
) -> None:
    assert following(phase, succeeded=succeeded, on_failure=on_failure) == next_phase
    assert uploads_after(phase, succeeded=succeeded, on_failure=on_failure) == uploads
