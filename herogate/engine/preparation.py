"""The release process: the Procfile's ``release``, run once to its end before anything changes."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import replace
from functools import partial

from herogate.aws.ecs_tasks import Instance, Instances
from herogate.aws.logs import Logs
from herogate.aws.session import Session
from herogate.engine.clock import Sleep
from herogate.engine.diagnosis import Diagnosis, verdict
from herogate.engine.echoes import heard_of, sighted
from herogate.engine.lease import Lease, holding
from herogate.engine.networks import network
from herogate.engine.process_names import log_stream
from herogate.engine.process_types import RELEASE_PROCESS
from herogate.engine.release_ledger import ReleaseLedger
from herogate.engine.release_records import Record
from herogate.engine.site import Site
from herogate.errors import ReleaseFailed
from herogate.models import Release

_DELAY_SECONDS = 1.0


class Preparation:
    """The running of release processes of one app."""

    def __init__(
        self, session: Session, site: Site, ledger: ReleaseLedger, *, sleep: Sleep
    ) -> None:
        self._session = session
        self._instances = Instances(session, site.cluster)
        self._logs = Logs(session)
        self._diagnosis = Diagnosis(session, site, sleep=sleep)
        self._site = site
        self._ledger = ledger
        self._sleep = sleep

    def run(self, record: Record, lease: Lease) -> Iterator[str]:
        """Run the release process of a release, or follow the one that runs; yields what it writes.

        Raises:
            LeaseLost: somebody else works on the app now.
            ReleaseFailed: it ended with another code than 0, or did not even start.
        """
        arn = record.progress.release_process or self._start(record, lease)
        instance = yield from self._followed(arn, lease)
        if instance is None:
            raise ReleaseFailed("AWS has forgotten how the release process ended.")
        if instance.exit_code != 0:
            last = self._diagnosis.last_lines(instance)
            raise ReleaseFailed("\n".join([verdict(instance, ()), *last]))
        number = record.release.number
        self._ledger.note(number, lambda progress: replace(progress, is_prepared=True), lease)

    def _start(self, record: Record, lease: Lease) -> str:
        number = record.release.number
        run = partial(
            self._instances.run,
            record.progress.definitions[RELEASE_PROCESS],
            network(self._session, self._site),
            token=_token(self._site.app, record.release),
        )
        arn = heard_of(run, holding(lease, self._sleep))
        self._ledger.note(number, lambda progress: replace(progress, release_process=arn), lease)
        return arn

    def _followed(self, arn: str, lease: Lease) -> Generator[str, None, Instance | None]:
        token: str | None = None
        while True:
            lease.hold()
            instance = sighted(self._instances, arn, holding(lease, self._sleep))
            if instance is None:
                return None
            page = self._logs.stream(self._site.log_group, log_stream(instance), token=token)
            yield from page.lines
            is_all, token = page.token == token, page.token
            if is_all and instance.status.is_over:
                return instance
            if is_all:
                self._sleep(_DELAY_SECONDS)


def _token(app: str, release: Release) -> str:
    """Tells ECS one release process from another: at most 64 characters.

    A takeover right after the start has the same one, and so finds that process and runs no second one.
    An app that is made anew under its name counts its releases from 1 again: hence the time.
    """
    return f"{app}--release--{release.number}--{release.created_at.timestamp():.0f}"
