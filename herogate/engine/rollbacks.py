"""Which release can be gone back to. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from herogate.engine.pruning import KEPT
from herogate.engine.release_records import Record
from herogate.errors import InvalidRequest, NotFound
from herogate.models import Release


def target(app: str, records: Sequence[Record], number: int | None, *, pruned: int) -> Release:
    """The release to go back to.

    Args:
        records: the app's, the newest first.
        number: None for the one that was live before the one that is.
        pruned: up to this number nothing but the record is left, unless it is live.

    Raises:
        NotFound: there is no such release.
        InvalidRequest: it was never live, has nothing to run, or what it needs is gone.
    """
    live = [record.release for record in records if record.release.status.is_live]
    if number is None and len(live) < 2:
        raise InvalidRequest(f"{app} has no earlier release to roll back to.", _listed(app))
    found = live[1] if number is None else _numbered(app, records, number)
    if not found.status.is_live:
        raise InvalidRequest(
            f"{app} cannot be rolled back to {found.version}: it was never live, it is "
            f"{found.status}.",
            _listed(app),
        )
    if found.number <= pruned and found != live[0]:
        raise InvalidRequest(
            f"{app} cannot be rolled back to {found.version}: only the last {KEPT} releases keep "
            "their images and config vars.",
            f"The oldest that can be gone back to is v{pruned + 1}.",
        )
    if found.slug is None:
        raise InvalidRequest(
            f"{app} cannot be rolled back to {found.version}: it came before the first deploy.",
            _listed(app),
        )
    return found


def _numbered(app: str, records: Sequence[Record], number: int) -> Release:
    for record in records:
        if record.release.number == number:
            return record.release
    raise NotFound("Couldn't find that release.", f"{app} has no release v{number}. {_listed(app)}")


def _listed(app: str) -> str:
    return f"`herogate releases -a {app}` lists what there is."
