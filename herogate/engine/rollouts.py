"""Rollouts: a change of an app is declared as its next release, then brought to what runs."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from typing import TYPE_CHECKING

from herogate.aws.codecommit import Repositories
from herogate.aws.session import Session
from herogate.aws.sts import identity
from herogate.engine import release_changes, retries, rollbacks
from herogate.engine.clock import Now, Sleep, utc_now
from herogate.engine.release_changes import Draft
from herogate.engine.site import Site, Sites
from herogate.engine.work import outcome
from herogate.errors import InvalidRequest, ReleaseFailed
from herogate.models import Release, ReleaseStatus, Slug, StackChanges

if TYPE_CHECKING:
    from herogate.engine.applier import Applier
    from herogate.engine.release_ledger import ReleaseLedger

Bring = Callable[["Applier", int], Generator[str, None, Release]]

Change = Callable[[Release | None], Draft]
"""What makes a release of the one it is made on top of; None before a first one."""


class Rollouts:
    """The rollouts of a region's apps."""

    def __init__(self, session: Session, sites: Sites, *, sleep: Sleep, now: Now = utc_now) -> None:
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
        site = self._sites.of(app)
        ledger = self._sites.ledger_of(site)
        newest = ledger.newest()
        if newest is not None and _is_same(newest.release, slug, commit):
            return newest.release
        user = Repositories(self._session).author(site.repository, commit)
        return ledger.declare(
            lambda base: release_changes.deploy(base, slug=slug, commit=commit, user=user)
        )

    def deploy_container(self, app: str, slug: Slug) -> Release:
        """Declare the release of a slug that no commit was built to, in the name of whoever calls."""
        user = identity(self._session).name
        return self._sites.ledger_of(self._sites.of(app)).declare(
            lambda base: release_changes.deploy_container(base, slug=slug, user=user)
        )

    def unchanged(self, app: str, slug: Slug, commit: str) -> Release | None:
        """The release in effect, if it is of this very slug: the commit is live with it.

        None where there is something to release, or where the pusher insists on it.
        """
        ledger = self._sites.ledger(app)
        live = None if ledger.push_notes.take_force(commit) else ledger.base()
        if live is None or not live.status.is_live or live.slug != slug:
            return None
        ledger.push_notes.note_same(live.number, commit)
        return live

    def force(self, app: str, commit: str) -> None:
        """Have the next deploy of a commit released even if it changes nothing."""
        self._sites.ledger(app).push_notes.force(commit)

    def rollback(self, app: str, number: int | None = None) -> Release:
        """Declare what an earlier release was: its slug, config vars and formation.

        Args:
            number: None for the one that was live before the one that is.

        Raises:
            NotFound: no such release.
            InvalidRequest: it was never live, or what it needs is gone.
        """
        ledger = self._sites.ledger_of(self._sites.of(app))
        target = _past(app, ledger, number)
        user = identity(self._session).name
        return ledger.declare(lambda _: release_changes.rolled_back(target, user=user))

    def rollback_changes(self, app: str, number: int | None = None) -> StackChanges:
        """What `rollback` would change of the app's stacks, without doing it; raises what that would."""
        target = _past(app, self._sites.ledger(app), number)
        return self.slug_changes(app, _slug(target))

    def retry(self, app: str) -> Release:
        """Declare once more what the newest release was, to have its release process run again.

        Raises:
            InvalidRequest: there is none, it is under way, or it has no release process.
        """
        ledger = self._sites.ledger_of(self._sites.of(app))
        target = _last(app, ledger)
        user = identity(self._session).name
        return ledger.declare(lambda _: release_changes.retried(target, user=user))

    def retry_changes(self, app: str) -> StackChanges:
        """What `retry` would change of the app's stacks, without doing it; raises what that would."""
        return self.slug_changes(app, _slug(_last(app, self._sites.ledger(app))))

    def slug_changes(self, app: str, slug: Slug) -> StackChanges:
        """What a release of a slug would change of the app's stacks: process types may come."""
        from herogate.engine.definitions import port
        from herogate.engine.formation import Formation

        site = self._sites.of(app)
        formation = Formation(self._session, site, self._sites.ledger_of(site), sleep=self._sleep)
        return formation.changes(release_changes.commands(slug), port(slug))

    def begin(self, app: str, number: int) -> Release:
        """Bring a release so far that it ends well or badly without anybody waiting for it.

        A process that its Procfile runs before it goes live is waited for, though.

        Raises:
            ReleaseFailed: it has failed already.
        """
        release = outcome(self._applier(self._sites.of(app)).begin(number))
        if release.status.has_failed:
            raise failure(release)
        return release

    def follow(self, app: str, number: int) -> Generator[str, None, Release]:
        """Bring a release to its end, or wait for whoever does; yields what its process writes.

        A release that was superseded ends as the newer one does, if that has the same slug.
        """
        return (yield from self._followed(app, number, lambda applier, at: applier.follow(at)))

    def _followed(self, app: str, number: int, bring: Bring) -> Generator[str, None, Release]:
        site = self._sites.of(app)
        while True:
            release = yield from bring(self._applier(site), number)
            newer = release.superseded_by
            if newer is None:
                return release
            record = self._sites.ledger_of(site).record(newer)
            if record is None or record.release.slug != release.slug:
                return release
            number = newer

    def wait(self, app: str, number: int | None = None) -> Release:
        """Bring a release, or the newer one that took its place, to its end.

        Args:
            number: None for the newest.

        Raises:
            InvalidRequest: there is none.
            ReleaseFailed: it has failed.
        """
        newest = self._sites.ledger(app).newest()
        if newest is None:
            raise InvalidRequest(f"{app} has no releases.", "`git push` makes one.")
        number = newest.release.number if number is None else number
        release = outcome(self._followed(app, number, lambda applier, at: applier.accompany(at)))
        if release.status.has_failed:
            raise failure(release)
        return release

    def settle(self, app: str) -> Iterator[str]:
        """Bring whatever was declared to its end, if nobody has; yields what its process writes."""
        newest = self._sites.ledger(app).newest()
        if newest is not None and not newest.release.status.is_settled:
            yield from self._applier(self._sites.of(app)).follow(newest.release.number)
        self.catch_up(app)

    def catch_up(self, app: str) -> None:
        """Have the schedules run what is live, should who released it have ended before they did."""
        self._applier(self._sites.of(app)).catch_up()

    def _applier(self, site: Site) -> Applier:
        # Who only reads an app's state needs nothing of what it takes to bring a release to what runs.
        from herogate.engine.applier import Applier

        ledger = self._sites.ledger_of(site)
        return Applier(self._session, site, ledger, sleep=self._sleep, now=self._now)


def _past(app: str, ledger: ReleaseLedger, number: int | None) -> Release:
    """The release that is to be gone back to."""
    return rollbacks.target(
        app, list(ledger.records()), number, pruned=ledger.upkeep_notes.pruned()
    )


def _last(app: str, ledger: ReleaseLedger) -> Release:
    """The release that is to be tried again."""
    newest = ledger.newest()
    return retries.target(app, None if newest is None else newest.release)


def _slug(release: Release) -> Slug:
    """The slug of a release that has processes."""
    if release.slug is None:
        raise LookupError(f"{release.version} has no slug")
    return release.slug


def failure(release: Release) -> ReleaseFailed:
    """What a release that failed is to whoever asked for it."""
    return ReleaseFailed(
        f"{release.version} could not go live: {release.reason}",
        "What was live before still is.",
    )


def _is_same(release: Release, slug: Slug, commit: str) -> bool:
    return (
        release.status is ReleaseStatus.PENDING
        and release.slug == slug
        and release.commit == commit
    )
