"""Releases: listed, described, what each wrote before it went live, and which one is in effect."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from herogate.aws.dynamodb import LARGEST_PAGE
from herogate.aws.logs import Logs
from herogate.aws.session import Session
from herogate.engine.process_types import RELEASE_PROCESS
from herogate.engine.release_records import Record
from herogate.engine.site import Sites
from herogate.errors import InvalidRequest, NotFound
from herogate.models import Release


class Releases:
    """The releases of the apps of a region."""

    def __init__(self, session: Session, sites: Sites) -> None:
        self._logs = Logs(session)
        self._sites = sites

    def all(self, app: str, *, limit: int | None = None) -> list[Release]:
        """An app's releases, the newest first; `limit` None for all that are kept.

        Raises `NotFound` for an app that is not there.
        """
        page = LARGEST_PAGE if limit is None else min(limit, LARGEST_PAGE)
        records = self._sites.ledger(app).records(page=page)
        return [record.release for record in islice(records, limit)]

    def info(self, app: str, number: int) -> Release:
        """One release. Raises `NotFound`."""
        return self._record(app, number).release

    def current(self, app: str) -> Release | None:
        """The release in effect: the newest that succeeded; None before a first one."""
        record = self._sites.ledger(app).current()
        return None if record is None else record.release

    def newest(self, app: str) -> Release:
        """The release declared last, whatever became of it. Raises `InvalidRequest` if there is none."""
        record = self._sites.ledger(app).newest()
        if record is None:
            raise InvalidRequest(f"{app} has no releases.", "`git push` makes one.")
        return record.release

    def output(self, app: str, number: int) -> Iterator[str] | None:
        """What the release process of a release wrote, line by line; None if it had none.

        Raises `NotFound`.
        """
        process = self._record(app, number).progress.release_process
        if process is None:
            return None
        stream = f"{RELEASE_PROCESS}/{RELEASE_PROCESS}/{process.rpartition('/')[2]}"
        return self._logs.written(self._sites.of(app).log_group, stream)

    def released_commit(self, app: str) -> str | None:
        """The commit that is live: the last one of the newest release that succeeded and has one."""
        ledger = self._sites.ledger(app)
        live = (each.release for each in ledger.records() if each.release.status.is_live)
        for place, release in enumerate(live):
            same = None if place else ledger.push_notes.same_as(release.number)
            if commit := same or release.commit:
                return commit
        return None

    def _record(self, app: str, number: int) -> Record:
        record = self._sites.ledger(app).record(number)
        if record is None:
            raise NotFound(
                "Couldn't find that release.",
                f"{app} has no release v{number}. `herogate releases -a {app}` lists them.",
            )
        return record
