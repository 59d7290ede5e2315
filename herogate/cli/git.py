"""``herogate git:clone`` and ``git:remote``, and what other commands do to a git repository."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from herogate.cli import options, output
from herogate.cli.help import command
from herogate.errors import GitFailed, NoAppChosen, NotFound

if TYPE_CHECKING:
    from herogate.engine.platform import Platform
    from herogate.engine.remote_url import RemoteUrl
    from herogate.models import App

_HELPER = "git-remote-herogate"


@command("git:remote", examples=["git:remote -a my-shop", "git:remote -a my-shop -r staging"])
@click.option("-a", "--app", envvar="HEROGATE_APP", help="app whose remote it is")
@click.option("-r", "--remote", default="herogate", help='git remote, "herogate" if not given')
@options.with_platform
def remote(platform: Platform, app: str | None, remote: str) -> None:
    """add a git remote for an app, or point one to it"""
    from herogate.engine.checkout import Checkout

    if app is None:
        raise NoAppChosen("No app specified.", "Name one with --app or HEROGATE_APP.")
    checkout = Checkout.required()
    checkout.check_remote(remote)
    url = platform.apps.info(app).git_url
    previous = checkout.set_remote(remote, url)
    if previous:
        output.warn(f"git remote {remote} pointed to {previous} before.")
    output.say(f"set git remote {remote} to {url}")
    _check_helper()


@command(
    "git:clone",
    arguments={"DIRECTORY": "where to; a new directory named after the app if not given"},
    examples=["git:clone -a my-shop", "git:clone -a my-shop src -r staging"],
)
@click.argument("directory", required=False, metavar="DIRECTORY")
@click.option("-a", "--app", envvar="HEROGATE_APP", help="app whose repository it is")
@click.option("-r", "--remote", default="herogate", help='git remote, "herogate" if not given')
@options.with_platform
def clone(platform: Platform, directory: str | None, app: str | None, remote: str) -> None:
    """clone an app's repository to this machine

    As it was released last; git says how it goes.
    """
    from herogate.engine.checkout import clone as make_checkout

    if app is None:
        raise NoAppChosen("No app specified.", "Name one with --app or HEROGATE_APP.")
    info = platform.apps.info(app)
    _check_helper()
    make_checkout(info.git_url, directory or info.name, remote=remote)


def current_branch() -> str:
    """The branch that is checked out here; the default one outside of a repository."""
    from herogate.engine.checkout import DEFAULT_BRANCH, Checkout

    checkout = Checkout.here()
    return DEFAULT_BRANCH if checkout is None else checkout.branch


def check_remote(name: str) -> None:
    """Before an app is made: refuse a remote that could not be added afterwards."""
    from herogate.engine.checkout import Checkout

    checkout = Checkout.here()
    if checkout is not None and name not in checkout.remotes:
        checkout.check_remote(name)


def add_remote(app: App, name: str) -> None:
    """Add the remote of a new app. As on Heroku one of that name stays as it is; but we say so."""
    from herogate.engine.checkout import Checkout

    with _only_warning():
        checkout = Checkout.here()
        if checkout is None:
            return
        existing = checkout.remotes.get(name)
        if existing is None:
            checkout.set_remote(name, app.git_url)
        elif existing != app.git_url:
            output.warn(
                f"git remote {name} points to {existing} and stays so. "
                f"To point it here: herogate git:remote -a {app.name} -r {name}"
            )
        _check_helper()


@contextmanager
def forgetting_remotes(app: Callable[[], RemoteUrl], *, sure: bool) -> Iterator[None]:
    """Remove the remotes of an app that the block destroys.

    Args:
        app: its URL, asked for when it is gone.
        sure: whether they go too if it finds that the app is no more, as when a destruction before was
            killed at its end. Somebody may have looked for it in another account.
    """
    try:
        yield
    except NotFound:
        for name in _forgotten(app()) if sure else ():
            output.warn(f"git remote {name} led to {app().app} and is removed.")
        raise
    _forgotten(app())


def _forgotten(app: RemoteUrl) -> list[str]:
    from herogate.engine.checkout import Checkout

    with _only_warning():
        checkout = Checkout.here()
        return [] if checkout is None else checkout.forget(app)
    return []


@contextmanager
def _only_warning() -> Iterator[None]:
    """What the command was asked for is done already; git's trouble with a remote does not undo it."""
    try:
        yield
    except GitFailed as error:
        output.warn(f"The git remotes stay as they are. {error.message}")


def _check_helper() -> None:
    """Say so when git will not find what it needs to push."""
    if shutil.which(_HELPER):
        return
    folder = Path(sys.argv[0]).resolve().parent
    where = f" Add {folder} to it." if os.access(folder / _HELPER, os.X_OK) else ""
    output.warn(f"{_HELPER} is not on PATH: `git push` to the app needs it.{where}")
