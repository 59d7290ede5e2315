"""``herogate ps:scale`` and ``ps:type``: how many processes of a type there are, and how large."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from herogate.cli import options, output, progress
from herogate.cli.help import command
from herogate.cli.options import Target

if TYPE_CHECKING:
    from herogate.models import FormationEntry


@command(
    "ps:scale",
    arguments={"TYPE=QUANTITY": "web=3, worker+1, worker-1; with a size, web=2:standard-2x"},
    examples=["scale", "scale web=3 worker+1", "scale web=2:performance-m", "scale web=1:0.5x2gb"],
)
@click.argument("words", nargs=-1, metavar="TYPE=QUANTITY")
@options.as_json
@options.with_app
def scale(target: Target, words: tuple[str, ...], *, as_json: bool) -> None:
    """scale the quantity of processes up or down

    Without arguments it shows what there is, in the form that scales to it again. A size is one of
    Standard-1X, Standard-2X, Performance-M, Performance-L, or virtual CPUs and memory that Fargate
    offers, as in 0.5x2gb; another size makes a release. All that is asked is done, or nothing.
    """
    from herogate.engine import scaling

    changes = scaling.scales(words)
    formations = target.platform.formations
    if changes:
        progress.perform(
            "Scaling processes",
            lambda: formations.scale(target.app, changes),
            done=lambda entries: f"done, now running {', '.join(map(_now, entries))}",
        )
    elif as_json:
        output.document(formations.all(target.app))
    else:
        output.say(_bare(formations.all(target.app), target.app))


@command(
    "ps:type",
    arguments={"TYPE=SIZE": "web=standard-2x, or one size for all types"},
    examples=["ps:type", "ps:type web=standard-2x worker=0.5x2gb", "ps:type performance-m"],
)
@click.argument("words", nargs=-1, metavar="TYPE=SIZE")
@options.as_json
@options.with_app
def type_(target: Target, words: tuple[str, ...], *, as_json: bool) -> None:
    """manage the sizes of processes

    Another size makes a release, whose processes take the place of those that run.
    """
    from herogate.engine import scaling

    formations = target.platform.formations
    if words:
        known = [entry.type for entry in formations.all(target.app)]
        changes = scaling.resizes(words, known)
        with progress.action(f"Scaling processes on {output.app(target.app)}"):
            formations.scale(target.app, changes)
    entries = formations.all(target.app)
    if as_json:
        output.document(entries)
    else:
        listed(entries)


def listed(entries: Sequence[FormationEntry]) -> None:
    """Print process types and the totals of each size, in Heroku's tables."""
    output.heading("Process Types")
    output.table(
        ["type", "size", "qty"], [[each.type, each.size, str(each.quantity)] for each in entries]
    )
    output.say()
    output.say()
    output.heading("Process Totals")
    sizes = dict.fromkeys(each.size for each in entries)
    output.table(
        ["type", "total"],
        [[size, str(sum(e.quantity for e in entries if e.size == size))] for size in sizes],
    )
    output.say()


def _now(entry: FormationEntry) -> str:
    return f"{entry.type} at {entry.quantity}:{entry.size}"


def _bare(entries: Sequence[FormationEntry], app: str) -> str:
    if not entries:
        return f"No process types on {app}."
    return " ".join(f"{each.type}={each.quantity}:{each.size}" for each in entries)
