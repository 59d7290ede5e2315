"""One-off processes: a command run once in the newest release that was begun, and followed to its end.

That is the one in effect, or on its way to be: what was set a moment ago is there.

What a process wrote is complete when ECS calls it stopped and its log stream has no more to give: the
log driver delivers the last line before its container counts as ended.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from uuid import uuid4

from herogate.aws.at_once import both
from herogate.aws.ecs_tasks import Instance, Instances, Network, Overrides
from herogate.aws.logs import Logs
from herogate.aws.session import Session
from herogate.engine import diagnosis, one_off_command, process_names
from herogate.engine.clock import Sleep, delays
from herogate.engine.echoes import sighted
from herogate.engine.networks import network
from herogate.engine.process_types import ONE_OFF
from herogate.engine.release_records import Record
from herogate.engine.site import Site, Sites
from herogate.engine.sizes import capacity as capacity_of
from herogate.errors import InvalidRequest, NotFound, OneOffFailed
from herogate.models import ProcessType, Release, Size

STARTED_BY = "herogate/run"
"""How ECS marks them."""

_LONGEST_DELAY_SECONDS = 1.0
_DELAYS = partial(delays, 0.05, growth=1.4, longest=_LONGEST_DELAY_SECONDS)


class OneOffs:
    """The one-off processes of a region's apps."""

    def __init__(self, session: Session, sites: Sites, *, sleep: Sleep) -> None:
        self._session = session
        self._sites = sites
        self._sleep = sleep

    def prepare(
        self,
        app: str,
        command: Sequence[str],
        *,
        size: Size | None = None,
        process_type: str | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> OneOff:
        """A one-off process of the newest release that was begun, not started yet.

        Args:
            command: one word is a command line for the image's shell; several are taken to the letter.
            size: None for that of the process type, else the smallest.
            process_type: as large as a process of this type.
            environment: variables for this process alone, before config vars of the same names.

        Raises:
            NotFound: no such app or process type.
            InvalidRequest: nothing was released yet, or the command cannot be run.
        """
        line = one_off_command.line(command)
        site, (record, where) = self._sites.consulted(app, self._newest_and_network)
        if record is None or record.release.slug is None:
            raise InvalidRequest(
                f"{app} has nothing to run a command in: no build was released yet.",
                "`git push` releases one.",
            )
        overrides = one_off_command.overrides(
            line,
            shell=record.release.slug.shell,
            environment=environment or {},
            config=record.release.config,
            capacity=capacity_of(size or _size(app, record.release, process_type)),
        )
        return OneOff(self._session, site, record, where, line, overrides, sleep=self._sleep)

    def _newest_and_network(self, site: Site) -> tuple[Record | None, Network]:
        foremost = self._sites.ledger_of(site).foremost
        return both(foremost, lambda: network(self._session, site))


class OneOff:
    """One one-off process: `start` it, then follow its `output`, or leave it.

    Attributes:
        command: the command line.
    """

    def __init__(
        self,
        session: Session,
        site: Site,
        record: Record,
        where: Network,
        command: str,
        overrides: Overrides,
        *,
        sleep: Sleep,
    ) -> None:
        self.command = command
        self._instances = Instances(session, site.cluster)
        self._logs = Logs(session)
        self._site = site
        self._record = record
        self._where = where
        self._overrides = overrides
        self._sleep = sleep
        self._arn: str | None = None
        self._is_unwanted = False
        self._seen: Instance | None = None
        self._token: str | None = None
        self._unread: deque[str] = deque()

    @property
    def is_started(self) -> bool:
        """Whether ECS has taken it."""
        return self._arn is not None

    @property
    def name(self) -> str:
        """``run.3f9a1c2e``, once it was started."""
        return process_names.name_of(ONE_OFF, self._started.rpartition("/")[2])

    @property
    def exit_code(self) -> int | None:
        """What it ended with, as far as it was followed; 128 and the number of a signal for that."""
        return None if self._seen is None else self._seen.exit_code

    @property
    def end(self) -> str:
        """How it ended: ``exited with code 137``, and why, where ECS says more than that it did."""
        because = "" if self._seen is None else diagnosis.because(self._seen)
        return f"exited with code {self.exit_code}{because}"

    @property
    def lacked_memory(self) -> bool:
        """Whether it was ended because it needed more memory than it had."""
        return self._seen is not None and self._seen.lacked_memory

    def start(self) -> None:
        """Have it started. Raises `AwsRefused` if ECS does not take it."""
        self._arn = self._instances.run(
            self._record.progress.definitions[ONE_OFF],
            self._where,
            token=uuid4().hex,
            overrides=self._overrides,
            started_by=STARTED_BY,
        )

    def wait_until_up(self) -> None:
        """Return when it runs, or has run. Raises `OneOffFailed` if it never will."""
        waits = _DELAYS()
        while not (instance := self._look()).status.is_up:
            if instance.exit_code is not None:
                return
            if instance.status.is_over:
                raise OneOffFailed(f"{self.name} could not start: {instance.reason}")
            self._sleep(next(waits))

    def output(self) -> Iterator[str]:
        """The lines it writes, as they come, from the first that was not given yet to the last.

        Raises:
            OneOffFailed: it is over without having been stopped, and ECS does not say how.
        """
        waits = _DELAYS()
        while True:
            instance, is_all = self._look(), False
            while not is_all:
                is_all = self._read(instance)
                if self._unread:
                    waits = _DELAYS()
                while self._unread:
                    yield self._unread.popleft()
            if instance.status.is_over:
                break
            self._sleep(next(waits))
        if instance.exit_code is None and not self._is_unwanted:
            raise OneOffFailed(f"{self.name} ended without an exit code: {instance.reason}")

    def stop(self) -> None:
        """Have it stopped: it is asked to end, and made to after 30 seconds.

        ECS stops nothing that it does not tell of yet.
        """
        self._look()
        self._instances.stop(self._started)
        self._is_unwanted = True

    @property
    def _started(self) -> str:
        if self._arn is None:
            raise LookupError("the process was not started")
        return self._arn

    def _look(self) -> Instance:
        if self._seen is not None and self._seen.status.is_over:
            return self._seen
        found = sighted(self._instances, self._started, self._sleep)
        if found is None:
            raise OneOffFailed(f"ECS knows nothing of {self.name}.")
        self._seen = found
        return found

    def _read(self, instance: Instance) -> bool:
        """Read the next page of its log; whether that was all by now.

        A page without lines is not the end; a token that leads to itself is.
        """
        stream = process_names.log_stream(instance)
        page = self._logs.stream(self._site.log_group, stream, token=self._token)
        self._unread.extend(page.lines)
        before, self._token = self._token, page.token
        return self._token == before


def _size(app: str, release: Release, process_type: str | None) -> Size:
    """As large as a process of that type."""
    if process_type is None:
        return ProcessType(command=None).size
    if process_type not in release.formation:
        known = ", ".join(sorted(release.formation))
        raise NotFound(
            f"There is no process type {process_type} of {app}.", f"Its process types are {known}."
        )
    return release.formation[process_type].size
