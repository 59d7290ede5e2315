"""The app behind a remote: its repository, its deploy branch, its deploys."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import cached_property

from herogate.engine.platform import Platform
from herogate.engine.remote_url import RemoteUrl
from herogate.engine.repositories import Access
from herogate.engine.statuses import unready
from herogate.gitremote import talk
from herogate.gitremote.decisions import BRANCHES, DeployBranch
from herogate.models import App, DeployEvent, Status

_DELAY_SECONDS = 1.0


class AppRemote:
    """An app as git meets it; one that is still being made is waited for."""

    def __init__(self, url: str) -> None:
        parsed = RemoteUrl.parse(url)
        self.name = parsed.app
        self._platform = Platform(
            profile=parsed.profile, region=parsed.region, for_one_command=True
        )

    @cached_property
    def _app(self) -> App:
        return _ready(self._platform, self.name)

    @property
    def reference(self) -> str:
        """The full name of the deploy branch."""
        return f"{BRANCHES}{self._app.git_branch}"

    def access(self) -> Access:
        """How git's transport gets to the repository."""
        return self._platform.repositories.access(self._app.name)

    def branch(self, tip: str | None) -> DeployBranch:
        """The deploy branch, whose tip in the repository is this."""
        released = self._platform.releases.released_commit(self.name)
        return DeployBranch(reference=self.reference, tip=tip, released=released)

    def known_deploys(self) -> frozenset[str]:
        """The deploys so far."""
        return self._platform.deploys.known(self.name)

    def force(self, commit: str) -> None:
        """Have the next deploy of a commit released even if it changes nothing."""
        self._platform.rollouts.force(self.name, commit)

    def deploy(self, commit: str, known: frozenset[str] | None) -> Iterator[DeployEvent]:
        """Follow the deploy of a commit, see `Deploys.follow`."""
        return self._platform.deploys.follow(self.name, commit, known=known)


def _ready(platform: Platform, name: str) -> App:
    app = platform.apps.info(name)
    if app.status is Status.CREATING:
        talk.remote(f"Waiting for {name} to be created...")
    while app.status is Status.CREATING:
        time.sleep(_DELAY_SECONDS)
        app = platform.apps.info(name)
    if not app.status.is_ready:
        raise unready(name, app.status)
    return app
