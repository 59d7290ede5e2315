"""Rollouts: a change of an app is declared as its next release, then brought to what runs."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from datetime import UTC, datetime

from herogate.aws.codecommit import Repositories
from herogate.aws.session import Session
from herogate.engine import release_changes
from herogate.engine.applier import Applier
from herogate.engine.following import Sleep
from herogate.engine.lease import Now
from herogate.engine.release_changes import Draft
from herogate.engine.site import Site, Sites
from herogate.models import Release, ReleaseStatus, Slug

Change = Callable[[Release | None], Draft]
"""What makes a release of the one it is made on top of; None before a first one."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Rollouts:
    """The rollouts of a region's apps."""

    def __init__(
        self, session: Session, sites: Sites, *, sleep: Sleep, now: Now = _utc_now
    ) -> None:
        self._session = session
        self._sites = sites
        self._sleep = sleep
        self._now = now

    def declare(self, app: str, change: Change) -> Release:
        """Write the next release of an app; nothing runs differently yet."""
        return self._sites.ledger(app).declare(change)

    def deploy(self, app: str, slug: Slug, commit: str) -> Release:
        """Declare the release of a slug, in the name of its commit's author.

        One that was declared before and is not settled is not declared twice.
        """
        site, ledger = self._sites.of(app), self._sites.ledger(app)
        newest = ledger.newest()
        if newest is not None and _is_same(newest.release, slug, commit):
            return newest.release
        user = Repositories(self._session).author(site.repository, commit)
        return ledger.declare(
            lambda base: release_changes.deploy(base, slug=slug, commit=commit, user=user)
        )

    def follow(self, app: str, number: int) -> Generator[str, None, Release]:
        """Bring a release to its end, or wait for whoever does; yields what its process writes.

        A release that was superseded ends as the newer one does, if that has the same slug.
        """
        site = self._sites.of(app)
        while True:
            release = yield from self._applier(site).follow(number)
            newer = release.superseded_by
            if newer is None:
                return release
            record = self._sites.ledger(app).record(newer)
            if record is None or record.release.slug != release.slug:
                return release
            number = newer

    def settle(self, app: str) -> Iterator[str]:
        """Bring whatever was declared to its end, if nobody has; yields what its process writes."""
        newest = self._sites.ledger(app).newest()
        if newest is not None and not newest.release.status.is_settled:
            yield from self._applier(self._sites.of(app)).follow(newest.release.number)

    def _applier(self, site: Site) -> Applier:
        ledger = self._sites.ledger(site.app)
        return Applier(self._session, site, ledger, sleep=self._sleep, now=self._now)


def _is_same(release: Release, slug: Slug, commit: str) -> bool:
    return (
        release.status is ReleaseStatus.PENDING
        and release.slug == slug
        and release.commit == commit
    )
