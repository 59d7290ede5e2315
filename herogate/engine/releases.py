"""Releases: listed, described, and which one is in effect."""

from __future__ import annotations

from itertools import islice

from herogate.engine.site import Sites
from herogate.errors import NotFound
from herogate.models import Release, ReleaseStatus


class Releases:
    """The releases of the apps of a region."""

    def __init__(self, sites: Sites) -> None:
        self._sites = sites

    def all(self, app: str, *, limit: int | None = None) -> list[Release]:
        """An app's releases, the newest first; `limit` None for all that are kept.

        Raises `NotFound` for an app that is not there.
        """
        return [record.release for record in islice(self._sites.ledger(app).records(), limit)]

    def info(self, app: str, number: int) -> Release:
        """One release. Raises `NotFound`."""
        record = self._sites.ledger(app).record(number)
        if record is None:
            raise NotFound(
                "Couldn't find that release.",
                f"{app} has no release v{number}. `herogate releases -a {app}` lists them.",
            )
        return record.release

    def current(self, app: str) -> Release | None:
        """The release in effect: the newest that succeeded; None before a first one."""
        record = self._sites.ledger(app).current()
        return None if record is None else record.release

    def released_commit(self, app: str) -> str | None:
        """The commit that is live: that of the newest release that succeeded and has one."""
        for record in self._sites.ledger(app).records():
            release = record.release
            if release.status is ReleaseStatus.SUCCEEDED and release.commit is not None:
                return release.commit
        return None
