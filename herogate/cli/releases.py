"""``herogate releases …``: what was released, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import click

from herogate.cli import options, output
from herogate.cli.ages import aged
from herogate.cli.help import command
from herogate.cli.numbers import number_of
from herogate.cli.options import Target
from herogate.errors import NotFound
from herogate.models import Release, ReleaseStatus


@command("releases", examples=["releases", "releases -n 50", "releases --json"])
@click.option(
    "-n", "--num", default=15, type=click.IntRange(min=1), help="how many; 15 if not given"
)
@options.as_json
@options.with_app
def index(target: Target, num: int, *, as_json: bool) -> None:
    """list the releases of an app"""
    releases = target.platform.releases.all(target.app, limit=num)
    if as_json:
        output.document(releases)
    elif not releases:
        output.say(f"{output.app(target.app)} has no releases.")
    else:
        listed(
            target.app,
            releases,
            target.platform.releases.current(target.app),
            now=datetime.now(UTC),
        )


@command(
    "releases:info",
    arguments={"RELEASE": "number of the release (v12), the newest if not given"},
    examples=["releases:info", "releases:info v12", "releases:info v12 --json"],
)
@click.argument("number", required=False, type=number_of("release", "v"), metavar="RELEASE")
@options.as_json
@options.with_app
def info(target: Target, number: int | None, *, as_json: bool) -> None:
    """show detailed information for a release"""
    release = _release(target, number)
    if as_json:
        output.document(release)
    else:
        described(release, target.platform.releases.current(target.app))


def listed(
    app: str, releases: Sequence[Release], current: Release | None, *, now: datetime
) -> None:
    """Print releases in Heroku's table."""
    output.heading(f"{app} Releases" + (f" - Current: {current.version}" if current else ""))
    output.table(
        ["v", "description", "user", "created_at"],
        [
            [release.version, _outcome(release), release.user, aged(release.created_at, now)]
            for release in releases
        ],
    )
    output.say()


def described(release: Release, current: Release | None) -> None:
    """Print a release: what it changed and what it is, without the value of any config var."""
    is_current = current is not None and current.number == release.number
    output.heading(f"Release {release.version}")
    output.pairs(
        {
            "By": release.user,
            "Change": release.description,
            "Status": f"{release.status}, current" if is_current else _status(release),
            "Reason": release.reason,
            "Commit": release.commit,
            "Image": release.slug.image_digest if release.slug else None,
            "Processes": ", ".join(sorted(release.formation)),
            "Config Vars": ", ".join(sorted(release.config)),
            "When": release.created_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
    )


def _release(target: Target, number: int | None) -> Release:
    """The release of a number, or the newest one."""
    releases = target.platform.releases
    if number is not None:
        return releases.info(target.app, number)
    newest = releases.all(target.app, limit=1)
    if not newest:
        raise NotFound(f"{target.app} has no releases.", "`git push` makes one.")
    return newest[0]


def _outcome(release: Release) -> str:
    """The description, with what became of the release if it is not simply live."""
    if release.status is ReleaseStatus.SUCCEEDED:
        return release.description
    return f"{release.description} {_status(release)}"


def _status(release: Release) -> str:
    if release.superseded_by is None:
        return str(release.status)
    return f"{release.status} by v{release.superseded_by}"
