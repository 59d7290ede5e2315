"""``herogate buildpacks…``: what builds an app in place of a Dockerfile."""

from __future__ import annotations

import click

from herogate.cli import options, output
from herogate.cli.help import command
from herogate.cli.options import Target


@command("buildpacks", examples=["buildpacks", "buildpacks --json"])
@options.as_json
@options.with_app
def index(target: Target, *, as_json: bool) -> None:
    """list the buildpacks of an app"""
    named = target.platform.buildpacks.all(target.app)
    if as_json:
        output.document(list(named))
    elif not named:
        output.say(f"{output.app(target.app)} has no Buildpacks.")
    else:
        output.heading(f"{output.app(target.app)} Buildpack{'s' if len(named) > 1 else ''}")
        for number, name in enumerate(named, start=1):
            output.say(f"{number}. {name}" if len(named) > 1 else name)


@command(
    "buildpacks:set",
    arguments={"BUILDPACK...": "names or addresses, in their order"},
    examples=["buildpacks:set heroku/python", "buildpacks:set heroku/nodejs heroku/python"],
)
@click.argument("buildpacks", nargs=-1, required=True, metavar="BUILDPACK...")
@options.with_app
def set_(target: Target, buildpacks: tuple[str, ...]) -> None:
    """set the buildpacks of an app

    From the next push on they build it, even if it has a Dockerfile.
    """
    target.platform.buildpacks.set(target.app, buildpacks)
    output.say(f"Buildpack set. Next release on {output.app(target.app)} will use {buildpacks[0]}.")
    output.say("Run git push herogate to create a new release using this buildpack.")


@command("buildpacks:clear", examples=["buildpacks:clear"])
@options.with_app
def clear(target: Target) -> None:
    """clear all buildpacks set on the app

    A Dockerfile builds it then or, without one, buildpacks that find themselves.
    """
    target.platform.buildpacks.set(target.app, ())
    output.say(f"Buildpacks cleared. Next release on {output.app(target.app)} will detect them.")
