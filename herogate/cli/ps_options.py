"""``herogate ps:options``: how processes are paid, started and stopped."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from herogate.cli import options, output, progress
from herogate.cli.help import command
from herogate.cli.options import Target
from herogate.errors import InvalidRequest

if TYPE_CHECKING:
    from herogate.engine.formations import Adjustment
    from herogate.models import FormationEntry


@command(
    "ps:options",
    arguments={"TYPE": "process types"},
    examples=["ps:options", "ps:options worker --spot", "ps:options web --grace 120"],
)
@click.argument("types", nargs=-1, metavar="TYPE")
@click.option(
    "--spot/--on-demand",
    default=None,
    help="on what AWS has left over, for a third, with two minutes' notice; or not",
)
@click.option(
    "--grace",
    type=int,
    metavar="SECONDS",
    help="how long web processes may take before health checks count",
)
@click.option(
    "--stop-timeout",
    type=int,
    metavar="SECONDS",
    help="how long processes may take to end, 2 to 120",
)
@options.as_json
@options.with_app
def index(
    target: Target,
    types: tuple[str, ...],
    spot: bool | None,
    grace: int | None,
    stop_timeout: int | None,
    *,
    as_json: bool,
) -> None:
    """manage how processes are paid, started and stopped

    Without flags it shows how they are. A change makes a release, whose processes take the place of
    those that run.
    """
    changes = _changes(spot, grace, stop_timeout)
    formations = target.platform.formations
    if changes and not types:
        raise InvalidRequest("No process type is named.", "As in `herogate ps:options web --spot`.")
    if changes:
        with progress.action(f"Adjusting {', '.join(types)} on {output.app(target.app)}"):
            formations.adjust(target.app, types, **changes)
    entries = [each for each in formations.all(target.app) if not types or each.type in types]
    if as_json:
        output.document(entries)
    else:
        _listed(entries)


def _changes(spot: bool | None, grace: int | None, stop_timeout: int | None) -> Adjustment:
    changes: Adjustment = {}
    if spot is not None:
        changes["spot"] = spot
    if grace is not None:
        changes["grace_seconds"] = grace
    if stop_timeout is not None:
        changes["stop_seconds"] = stop_timeout
    return changes


def _listed(entries: Sequence[FormationEntry]) -> None:
    output.table(
        ["type", "capacity", "grace", "stop timeout"],
        [
            [
                each.type,
                "spot" if each.spot else "on demand",
                f"{each.grace_seconds} s" if each.type == "web" else "",
                f"{each.stop_seconds} s",
            ]
            for each in entries
        ],
    )
