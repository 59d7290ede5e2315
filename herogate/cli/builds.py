"""``herogate builds …``: the attempts at making an image of what was pushed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import click

from herogate.cli import options, output
from herogate.cli.ages import aged, lasted
from herogate.cli.help import command
from herogate.cli.numbers import number_of
from herogate.cli.options import Target
from herogate.models import Build

_SHOWN_OF_COMMIT = 8

_number = click.argument(
    "number", required=False, type=number_of("build", "build."), metavar="BUILD"
)
_ARGUMENTS = {"BUILD": "number of the build, the newest if not given"}


@command("builds", examples=["builds", "builds -n 50", "builds --json"])
@click.option(
    "-n", "--num", default=15, type=click.IntRange(min=1), help="how many; 15 if not given"
)
@options.as_json
@options.with_app
def index(target: Target, num: int, *, as_json: bool) -> None:
    """list the builds of an app"""
    builds = target.platform.builds.all(target.app, count=num)
    if as_json:
        output.document(builds)
    elif not builds:
        output.say(f"{output.app(target.app)} has no builds.")
    else:
        listed(target.app, builds, now=datetime.now(UTC))


@command("builds:info", arguments=_ARGUMENTS, examples=["builds:info", "builds:info 12"])
@_number
@options.as_json
@options.with_app
def info(target: Target, number: int | None, *, as_json: bool) -> None:
    """show detailed information for a build"""
    build = target.platform.builds.info(target.app, number)
    if as_json:
        output.document(build)
    else:
        described(build, now=datetime.now(UTC))


@command("builds:output", arguments=_ARGUMENTS, examples=["builds:output", "builds:output 12"])
@_number
@options.with_app
def output_(target: Target, number: int | None) -> None:
    """show what a build wrote

    Of a build that is under way, until it is over.
    """
    builds = target.platform.builds
    for line in builds.output(builds.info(target.app, number)):
        output.say_at_once(line)


def listed(app: str, builds: Sequence[Build], *, now: datetime) -> None:
    """Print builds in a table like that of releases."""
    output.heading(f"{app} Builds")
    output.table(
        ["build", "status", "commit", "duration", "created_at"],
        [
            [
                str(build.number),
                build.status,
                (build.commit or "")[:_SHOWN_OF_COMMIT],
                _duration(build, now),
                aged(build.started_at, now),
            ]
            for build in builds
        ],
    )
    output.say()


def described(build: Build, *, now: datetime) -> None:
    """Print a build."""
    output.heading(f"Build {build.number}")
    output.pairs(
        {
            "Status": build.status,
            "Reason": build.failure,
            "Commit": build.commit,
            "Started": aged(build.started_at, now),
            "Duration": _duration(build, now),
            "Log Group": build.log_group,
            "Log Stream": build.log_stream,
            "CodeBuild Id": build.id,
        }
    )


def _duration(build: Build, now: datetime) -> str:
    return lasted((build.ended_at or now) - build.started_at)
