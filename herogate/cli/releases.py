"""``herogate releases …``: what was released, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import click

from herogate.cli import changes, documents, options, output, progress
from herogate.cli.ages import aged
from herogate.cli.detached import release_goes_on
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
    current = next((each for each in releases if each.status.is_live), None)
    if releases and current is None:
        current = target.platform.releases.current(target.app)
    if as_json:
        output.document([documents.release(each, current=_number(current)) for each in releases])
    elif not releases:
        output.say(f"{output.app(target.app)} has no releases.")
    else:
        listed(target.app, releases, current, now=datetime.now(UTC))


_ARGUMENTS = {"RELEASE": "number of the release (v12), the newest if not given"}
_argument = click.argument(
    "number", required=False, type=number_of("release", "v"), metavar="RELEASE"
)


@command(
    "releases:info",
    arguments=_ARGUMENTS,
    examples=["releases:info", "releases:info v12", "releases:info v12 --json"],
)
@_argument
@options.as_shell
@options.as_json
@options.with_app
def info(target: Target, number: int | None, *, as_shell: bool, as_json: bool) -> None:
    """show detailed information for a release

    With the config vars that it has, as far as they are still kept. With --shell these alone.
    """
    release = _release(target, number)
    if as_json:
        current = _number(target.platform.releases.current(target.app))
        output.document(documents.release(release, current=current))
    elif as_shell:
        output.dotenv(target.platform.config_vars.of_release(release))
    else:
        described(release, target.platform.config_vars.of_release(release))


@command(
    "releases:output",
    arguments=_ARGUMENTS,
    examples=["releases:output", "releases:output v12"],
)
@_argument
@options.with_app
def output_(target: Target, number: int | None) -> None:
    """show what the release command of a release wrote"""
    release = _release(target, number)
    lines = target.platform.releases.output(target.app, release.number)
    if lines is None:
        output.warn(f"Release {release.version} has no release output available.")
        return
    for line in lines:
        output.pass_on(line)


@command("releases:retry", examples=["releases:retry", "releases:retry -a my-shop"])
@changes.dry_run
@options.with_app
def retry(target: Target, *, dry_run: bool) -> None:
    """run the release command of the newest release again

    This is a new release, and is waited for as a deploy is.
    """
    rollouts = target.platform.rollouts
    if dry_run:
        changes.look(target, lambda: rollouts.retry_changes(target.app))
        return
    declared = rollouts.retry(target.app)
    retried = declared.description.partition(":")[0].removeprefix("Retry of ")
    progress.perform(
        f"Retrying {retried} on {output.app(target.app)}",
        lambda: rollouts.wait(target.app, declared.number),
        done=lambda live: f"done, {live.version}",
        left=release_goes_on(target.app, declared.version),
    )


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


def described(release: Release, config: Mapping[str, str]) -> None:
    """Print a release, and the config vars that it has."""
    output.heading(f"Release {release.version}")
    output.pairs(
        {
            "By": release.user,
            "Change": release.description,
            "Eligible for Rollback?": "Yes" if documents.is_eligible(release) else "No",
            "Status": None if release.status.is_live else _status(release),
            "Reason": release.reason,
            "When": release.created_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
    )
    if config:
        output.say()
        output.heading(f"{release.version} Config vars")
        output.variables(config)


def _number(release: Release | None) -> int | None:
    return None if release is None else release.number


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
    if release.status.has_failed and (release.reason or "").startswith("release."):
        return "release command failed"
    if release.superseded_by is None:
        return str(release.status)
    return f"{release.status} by v{release.superseded_by}"
