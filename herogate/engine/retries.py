"""Which release can be tried again. Pure."""

from __future__ import annotations

from herogate.engine.process_types import RELEASE_PROCESS
from herogate.errors import InvalidRequest
from herogate.models import Release


def target(app: str, newest: Release | None) -> Release:
    """The release whose release process is to run again: the newest.

    Raises:
        InvalidRequest: there is none, it is still under way, or it has no release process.
    """
    if newest is None or newest.slug is None:
        raise InvalidRequest(f"{app} has no release to retry.", "`git push` makes one.")
    if not newest.status.is_settled:
        raise InvalidRequest(
            f"{newest.version} of {app} is still under way.",
            f"`herogate ps:wait -a {app}` waits for it.",
        )
    if RELEASE_PROCESS not in newest.slug.process_types:
        raise InvalidRequest(
            f"{app} has no release command to retry.", "A line `release: …` of its Procfile is one."
        )
    return newest
