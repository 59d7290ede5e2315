"""``herogate releases:rollback``: back to what an earlier release was."""

from __future__ import annotations

import click

from herogate.cli import changes, options, output, progress
from herogate.cli.detached import release_goes_on
from herogate.cli.help import command
from herogate.cli.numbers import number_of
from herogate.cli.options import Target


@command(
    "releases:rollback",
    arguments={"RELEASE": "number of the release (v12), the one live before if not given"},
    examples=["rollback", "rollback v12", "rollback v12 --dry-run"],
)
@click.argument("number", required=False, type=number_of("release", "v"), metavar="RELEASE")
@changes.dry_run
@options.with_app
def rollback(target: Target, number: int | None, *, dry_run: bool) -> None:
    """roll back to a previous release

    Code, config vars and the sizes of processes are as they were; this is a new release, and is waited
    for as a deploy is. How many processes run stays as it is.
    """
    if dry_run:
        changes.look(target, lambda: target.platform.rollouts.rollback_changes(target.app, number))
        return
    before = target.platform.releases.current(target.app)
    declared = target.platform.rollouts.rollback(target.app, number)
    progress.perform(
        f"Rolling back {output.app(target.app)} to {declared.description.rpartition(' ')[2]}",
        lambda: target.platform.rollouts.wait(target.app, declared.number),
        done=lambda live: f"done, {live.version}",
        left=release_goes_on(target.app, declared.version),
    )
    output.warn("Rollback affects code and config vars; it doesn't add or remove addons.")
    if before is not None:
        output.warn(f"To undo, run: herogate rollback {before.version}")
