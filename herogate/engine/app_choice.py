"""Which app a command is about.

``--app`` says it, or a git remote: the one given with ``--remote``, else ``HEROGATE_APP``, else the
remote that ``git config herogate.remote`` names, else the only app among the remotes. A flag beats the
environment, here as everywhere; on Heroku ``HEROKU_APP`` silently wins over ``--remote``. Only an app
found by a remote brings that remote's region and profile along.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from herogate.engine.remote_url import RemoteUrl
from herogate.errors import InvalidRequest, MultipleApps, NoAppChosen


@dataclass(frozen=True, kw_only=True)
class AppChoice:
    """An app, and where its remote says it is; None where nothing says so."""

    app: str
    region: str | None = None
    profile: str | None = None


@dataclass(frozen=True, kw_only=True)
class Hints:
    """Everything that can say which app is meant.

    Attributes:
        app: ``--app``.
        remote: ``--remote``.
        environment: ``HEROGATE_APP``.
        configured_remote: ``git config herogate.remote``.
        remotes: the URL of each git remote by name.
    """

    app: str | None = None
    remote: str | None = None
    environment: str | None = None
    configured_remote: str | None = None
    remotes: Mapping[str, str]


def choose(hints: Hints) -> AppChoice:
    """The app meant.

    Raises:
        NoAppChosen: nothing names one.
        MultipleApps: the remotes name several.
        InvalidRequest: the remote given is not there, is no app's, or is not that of the app given.
    """
    if hints.remote is not None:
        return _agreeing(_of_remote(hints.remotes, hints.remote), hints.app)
    for app in (hints.app, hints.environment):
        if app is not None:
            return AppChoice(app=app)
    if hints.configured_remote:
        return _of_remote(hints.remotes, hints.configured_remote)
    return _only(hints.remotes)


def _agreeing(choice: AppChoice, app: str | None) -> AppChoice:
    if app not in (None, choice.app):
        raise InvalidRequest(f"--app says {app}, but --remote is the remote of {choice.app}.")
    return choice


def _of_remote(remotes: Mapping[str, str], name: str) -> AppChoice:
    if name not in remotes:
        raise InvalidRequest(f"remote {name} not found in git remotes")
    return _choice(RemoteUrl.parse(remotes[name]))


def _only(remotes: Mapping[str, str]) -> AppChoice:
    apps = {name: found for name, url in remotes.items() if (found := RemoteUrl.find(url))}
    if not apps:
        raise NoAppChosen(
            "No app specified.",
            "Name one with --app or HEROGATE_APP, or add its git remote:\n"
            "`herogate git:remote -a <app>`.",
        )
    if len(set(apps.values())) > 1:
        raise MultipleApps((name, remote.app) for name, remote in apps.items())
    return _choice(next(iter(apps.values())))


def _choice(remote: RemoteUrl) -> AppChoice:
    return AppChoice(app=remote.app, region=remote.region, profile=remote.profile)
