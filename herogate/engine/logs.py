"""An app's log: what its processes wrote, and the builds and releases that were made of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from herogate.aws import logs as gateway
from herogate.aws.codebuild import OWN_LINE, Builds
from herogate.aws.session import Session
from herogate.engine.apps import Apps
from herogate.engine.following import Sleep
from herogate.engine.log_reading import Place, Reading
from herogate.engine.processes import Processes
from herogate.engine.releases import Releases
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
        apps: Apps,
        releases: Releases,
        processes: Processes,
        *,
        sleep: Sleep,
    ) -> None:
        self._logs = gateway.Logs(session)
        self._builds = Builds(session)
        self._apps = apps
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
        return self._reading(app, process, source).recent(lines)

    def tail(
        self,
        app: str,
        *,
        lines: int = 100,
        process: str | None = None,
        source: LogSource | None = None,
    ) -> Iterator[LogLine]:
        """The last lines, then every further one as it comes. Arguments and errors as of `recent`."""
        return self._reading(app, process, source).follow(lines, self._sleep)

    def _reading(self, app: str, process: str | None, source: LogSource | None) -> Reading:
        self._apps.info(app)
        places = [
            Place(
                group=names.log_group(app, LogPurpose.APP),
                source=LogSource.APP,
                process=_process,
                streams=self._streams(app, process),
            )
        ]
        if process is None:
            places += [
                self._of_project(LogPurpose.BUILD, app, names.build_project(app)),
                self._of_project(LogPurpose.RELEASE, app, names.release_project(app)),
            ]
        return Reading(self._logs, [place for place in places if source in (None, place.source)])

    def _of_project(self, purpose: LogPurpose, app: str, project: str) -> Place:
        @cache
        def numbered(stream: str) -> str:
            build = self._builds.get(f"{project}:{stream}")
            return f"{purpose}.{build.number if build else stream}"

        return Place(
            group=names.log_group(app, purpose),
            source=LogSource.HEROGATE,
            process=numbered,
            without=OWN_LINE,
        )

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


def _process(stream: str) -> str:
    """The process that writes a stream; a stream of somebody else's goes by its own name."""
    found = _STREAM.fullmatch(stream)
    return f"{found['type']}.{found['short']}" if found else stream
