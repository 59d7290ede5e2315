"""Builds: the attempts at making an image of what was pushed, and what they wrote."""

from __future__ import annotations

from collections.abc import Iterator

from herogate.aws import codebuild
from herogate.aws.logs import Logs
from herogate.aws.session import Session
from herogate.engine.app_names import checked
from herogate.engine.clock import Sleep
from herogate.errors import NotFound
from herogate.models import Build
from stacks import names

_INTERVAL_SECONDS = 1.0


class Builds:
    """The builds of a region's apps."""

    def __init__(self, session: Session, *, sleep: Sleep) -> None:
        self._session = session
        self._builds = codebuild.Builds(session)
        self._logs = Logs(session)
        self._sleep = sleep

    def all(self, app: str, *, count: int = 15) -> list[Build]:
        """The newest builds of an app, newest first. Raises `NotFound`: no such app."""
        found = self._builds.of_project(names.build_project(checked(app)), count)
        if found is None:
            raise NotFound.app(app, self._session.region)
        return found

    def info(self, app: str, number: int | None = None) -> Build:
        """A build by its number, or the newest one. Raises `NotFound`: no such app or build."""
        newest = self.all(app, count=1)
        if not newest:
            raise NotFound(f"{app} has no builds yet.", "`git push` makes one.")
        if number is None:
            return newest[0]
        behind = newest[0].number - number
        found = self.all(app, count=behind + 1) if number > 0 and behind >= 0 else []
        for build in reversed(found):
            if build.number == number:
                return build
        raise NotFound(
            f"{app} has no build {number}.", f"`herogate builds -a {app}` lists its builds."
        )

    def output(self, build: Build) -> Iterator[str]:
        """What a build wrote, line by line; of one that is under way, until it is over."""
        token: str | None = None
        is_over = False
        while not is_over:
            # How it stands first: what is read after it is all there is, once it is over.
            build = self._builds.get(build.id) or build
            is_over = build.status.is_over
            if build.log_group and build.log_stream:
                token = yield from self._logs.written(
                    build.log_group, build.log_stream, token=token
                )
            if not is_over:
                self._sleep(_INTERVAL_SECONDS)
