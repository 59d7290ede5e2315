"""``herogate ps:scale``: how many processes of a type there are."""

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


def _now(entry: FormationEntry) -> str:
    return f"{entry.type} at {entry.quantity}:{entry.size}"


def _bare(entries: Sequence[FormationEntry], app: str) -> str:
    if not entries:
        return f"No process types on {app}."
    return " ".join(f"{each.type}={each.quantity}:{each.size}" for each in entries)
