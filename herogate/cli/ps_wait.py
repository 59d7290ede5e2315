"""``herogate ps:wait``: until every process runs the newest release."""

from __future__ import annotations

import click

from herogate.cli import options, progress
from herogate.cli.detached import release_goes_on
from herogate.cli.help import command
from herogate.cli.options import Target
from herogate.errors import InvalidRequest


@command(
    "ps:wait",
    examples=["ps:wait", "ps:wait --type web", "config:set FOO=bar && herogate ps:wait"],
)
@click.option("-t", "--type", "process_type", help="wait for one process type (web)")
@click.option(
    "-w",
    "--wait-interval",
    type=click.IntRange(min=1),
    default=1,
    help="how often to look, in seconds; 1 if not given",
)
@click.option("-R", "--with-run", is_flag=True, help="wait for one-off processes too")
@options.with_app
def wait(target: Target, process_type: str | None, wait_interval: int, *, with_run: bool) -> None:
    """wait until every process runs the newest release

    A release that fails is an error, as it is for a deploy.
    """
    if with_run and process_type is not None:
        raise InvalidRequest("Wait for one process type, or for one-off processes too.")
    newest = target.platform.releases.newest(target.app)
    progress.perform(
        f"Waiting for every process to be running {newest.version}",
        lambda: target.platform.turnovers.wait(
            target.app,
            newest.number,
            type=process_type,
            with_one_offs=with_run,
            interval_seconds=wait_interval,
        ),
        done=lambda count: f"{count} / {count}, done",
        left=release_goes_on(target.app, newest.version),
    )
