"""Flags that many commands share, and what they choose: a platform, an app on one.

The engine is imported here only when a command really runs.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

import click

from herogate.errors import InvalidRequest

if TYPE_CHECKING:
    from herogate.engine.app_choice import AppChoice
    from herogate.engine.platform import Platform

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, kw_only=True)
class Target:
    """The app that a command is about, and the platform it is on."""

    app: str
    platform: Platform


as_json = click.option("-j", "--json", "as_json", is_flag=True, help="output in json format")
as_shell = click.option("-s", "--shell", "as_shell", is_flag=True, help="output as shell variables")
confirm = click.option("-c", "--confirm", help="its name, to destroy without being asked")
yes = click.option("-y", "--yes", is_flag=True, help="answer yes instead of being asked")


def with_platform(function: F) -> F:
    """Add ``--region`` and ``--profile``; the command gets a `platform`."""

    @_place_options
    @wraps(function)
    def wrapper(*, region: str | None, profile: str | None, **arguments: Any) -> Any:
        return function(platform=_platform(profile, region), **arguments)

    return wrapper  # type: ignore[return-value]


def with_app(function: F) -> F:
    """Add ``--app``, ``--remote`` and the like; the command gets a `target`."""

    @_app_options
    @wraps(function)
    def wrapper(*, app: str | None, **arguments: Any) -> Any:
        return _with_target(function, app, **arguments)

    return wrapper  # type: ignore[return-value]


def with_named_app(function: F) -> F:
    """As `with_app`, and the app may be named as an argument too."""

    @click.argument("name", required=False, metavar="APP")
    @_app_options
    @wraps(function)
    def wrapper(*, name: str | None, app: str | None, **arguments: Any) -> Any:
        if None not in (name, app) and name != app:
            raise InvalidRequest(f"The argument says {name}, but --app says {app}.")
        return _with_target(function, app if name is None else name, **arguments)

    return wrapper  # type: ignore[return-value]


def _app_options(function: F) -> F:
    for option in (
        click.option("-r", "--remote", help="git remote of app to use"),
        click.option("-a", "--app", help="[env: HEROGATE_APP] app to run command against"),
    ):
        function = option(function)
    return _place_options(function)


def _place_options(function: F) -> F:
    for option in (
        click.option("--profile", help="AWS profile to use"),
        click.option("--region", help="AWS region to work in"),
    ):
        function = option(function)
    return function


def _with_target(
    function: Callable[..., Any],
    app: str | None,
    *,
    remote: str | None,
    region: str | None,
    profile: str | None,
    **arguments: Any,
) -> Any:
    return function(target=target(app, remote, region=region, profile=profile), **arguments)


def target(
    app: str | None,
    remote: str | None = None,
    *,
    region: str | None = None,
    profile: str | None = None,
) -> Target:
    """The app that flags, the environment and the git remotes here choose."""
    choice = _choice(app, remote)
    platform = _platform(profile or choice.profile, region or choice.region)
    return Target(app=choice.app, platform=platform)


def _choice(app: str | None, remote: str | None) -> AppChoice:
    from herogate.engine.app_choice import Hints, choose
    from herogate.engine.git_remotes import GitRemotes, read

    environment = os.environ.get("HEROGATE_APP") or None
    asks_git = remote is not None or (app is None and environment is None)
    remotes = read() if asks_git else GitRemotes()
    hints = Hints(
        app=app,
        remote=remote,
        environment=environment,
        configured_remote=remotes.chosen,
        remotes=remotes.urls,
    )
    return choose(hints)


def _platform(profile: str | None, region: str | None) -> Platform:
    from herogate.engine.platform import Platform

    return Platform(profile=profile, region=region, for_one_command=True)
