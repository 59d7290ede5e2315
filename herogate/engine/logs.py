"""An app's log: what its processes wrote and what became of them, what was built and released."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache

from herogate.aws import ecs_events, logs as gateway
from herogate.aws.codebuild import OWN_LINE, Builds
from herogate.aws.session import Session
from herogate.engine.app_names import checked
from herogate.engine.chronicle import STREAM
from herogate.engine.clock import Sleep
from herogate.engine.log_reading import Place, Reading, as_written
from herogate.engine.process_events import ProcessEvents
from herogate.engine.processes import Processes
from herogate.engine.releases import Releases
from herogate.engine.site import Sites
from herogate.errors import NotFound
from herogate.models import LogLine, LogSource
from stacks import names
from stacks.names import LogPurpose

_STREAM = re.compile(r"(?P<type>[^/]+)/[^/]+/(?P<short>[0-9a-f]{8})[0-9a-f]*")
_SHORT_ID = re.compile(r"[0-9a-f]{8}")


class Logs:
    """The logs of a region's apps."""

    def __init__(
        self,
        session: Session,
        sites: Sites,
        releases: Releases,
        processes: Processes,
        *,
        sleep: Sleep,
    ) -> None:
        self._logs = gateway.Logs(session)
        self._builds = Builds(session)
        self._sites = sites
        self._releases = releases
        self._processes = processes
        self._sleep = sleep

    def recent(
        self,
        app: str,
        *,
        lines: int = 100,
        process: str | None = None,
        source: LogSource | None = None,
    ) -> list[LogLine]:
        """The last lines, oldest first.

        Args:
            process: only those of a process type (``web``) or of one process (``web.3f9a1c2e``, or
                ``web.1`` for the oldest that is there).
            source: only those of this source.

        Raises:
            NotFound: no such app, process type or process.
        """
        found = self._reading(app, process, source).recent(lines)
        if not found:
            self._check_is_there(app)
        return found

    def tail(
        self,
        app: str,
        *,
        lines: int = 100,
        process: str | None = None,
        source: LogSource | None = None,
    ) -> Iterator[LogLine]:
        """The last lines, then every further one as it comes. Arguments and errors as of `recent`."""
        self._check_is_there(app)
        return self._reading(app, process, source).follow(lines, self._sleep)

    def _check_is_there(self, app: str) -> None:
        """Raises `NotFound`. Where something was written, there is an app: its log goes with it."""
        self._sites.stack(app)

    def _reading(self, app: str, process: str | None, source: LogSource | None) -> Reading:
        streams = self._streams(checked(app), process)
        platform = names.log_group(app, LogPurpose.PLATFORM)
        places = [
            Place(
                group=names.log_group(app, LogPurpose.APP),
                source=LogSource.APP,
                read=as_written(_process),
                streams=streams,
            ),
            Place(
                group=platform,
                source=LogSource.HEROGATE,
                read=ProcessEvents().read,
                pattern=ecs_events.about(*_of_streams(streams)),
            ),
        ]
        if process is None:
            places += [
                Place(
                    group=platform,
                    source=LogSource.APP,
                    read=as_written(lambda stream: stream),
                    streams=STREAM,
                ),
                self._of_codebuild(app, LogPurpose.BUILD, self._numbered(app)),
                self._of_codebuild(app, LogPurpose.RELEASE, _run),
            ]
        return Reading(self._logs, [place for place in places if source in (None, place.source)])

    def _of_codebuild(self, app: str, purpose: LogPurpose, process: Callable[[str], str]) -> Place:
        return Place(
            group=names.log_group(app, purpose),
            source=LogSource.HEROGATE,
            read=as_written(process),
            pattern=gateway.without(OWN_LINE),
        )

    def _numbered(self, app: str) -> Callable[[str], str]:
        """A build by its number, as `builds` lists it."""

        @cache
        def numbered(stream: str) -> str:
            build = self._builds.get(f"{names.build_project(app)}:{stream}")
            return f"{LogPurpose.BUILD}.{build.number if build else stream}"

        return numbered

    def _streams(self, app: str, process: str | None) -> str:
        """How the names begin of the streams of a process type or a process."""
        if process is None:
            return ""
        process_type, dot, which = process.partition(".")
        if not dot:
            self._check_type(app, process_type)
            return f"{process_type}/"
        if which.isdecimal() and not _SHORT_ID.fullmatch(which):
            process_type, _, which = self._processes.named(app, process).name.partition(".")
        streams = f"{process_type}/{process_type}/{which}"
        if not _SHORT_ID.fullmatch(which) or not (
            self._has(app, streams) or self._runs(app, process)
        ):
            raise NotFound(
                f"There is no process {process} of {app}.",
                f"`herogate ps -a {app}` lists those that run.",
            )
        return streams

    def _runs(self, app: str, process: str) -> bool:
        """Whether there is such a process: one that starts has no stream yet."""
        return any(each.name == process for each in self._processes.all(app))

    def _check_type(self, app: str, process_type: str) -> None:
        current = self._releases.current(app)
        known = sorted(current.formation) if current else []
        if process_type not in known and not self._has(app, f"{process_type}/"):
            raise NotFound(
                f"There is no process type {process_type} of {app}.",
                f"Its process types are {', '.join(known)}." if known else "It has none yet.",
            )

    def _has(self, app: str, streams: str) -> bool:
        return self._logs.has_stream(names.log_group(app, LogPurpose.APP), streams)


def _of_streams(streams: str) -> tuple[str, str]:
    """The process type whose streams begin so, and how the ids of the processes do."""
    process_type, _, of_process = streams.partition("/")
    return process_type or "*", of_process.partition("/")[2]


def _run(stream: str) -> str:
    """A run of the release project: its number would be taken for a release's."""
    return f"{LogPurpose.RELEASE}.{stream[:8]}"


def _process(stream: str) -> str:
    """The process that writes a stream; a stream of somebody else's goes by its own name."""
    found = _STREAM.fullmatch(stream)
    return f"{found['type']}.{found['short']}" if found else stream
