"""``herogate ps:type``: how large processes are, and what that costs."""

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
    "ps:type",
    arguments={"TYPE=SIZE": "web=standard-2x, or one size for all types"},
    examples=["ps:type", "ps:type web=standard-2x worker=0.5x2gb", "ps:type performance-m"],
)
@click.argument("words", nargs=-1, metavar="TYPE=SIZE")
@options.as_json
@options.with_app
def type_(target: Target, words: tuple[str, ...], *, as_json: bool) -> None:
    """manage the sizes of processes

    Another size makes a release, whose processes take the place of those that run. Costs are Fargate's
    in us-east-1, for processes that run all the time.
    """
    from herogate.engine import scaling

    formations = target.platform.formations
    entries = formations.all(target.app)
    if words:
        before = entries
        changes = scaling.resizes(words, [entry.type for entry in before])
        with progress.action(f"Scaling processes on {output.app(target.app)}"):
            resized = {each.type: each for each in formations.scale(target.app, changes)}
        entries = [resized.get(entry.type, entry) for entry in before]
        for line in compared(before, entries):
            output.talk(line)
    if as_json:
        output.document(entries)
    else:
        listed(entries)


def listed(entries: Sequence[FormationEntry]) -> None:
    """Print process types with their cost and the totals of each size, in Heroku's tables."""
    output.heading("Process Types")
    output.table(
        ["type", "size", "qty", "cost/hour", "max cost/month"],
        [
            [
                each.type,
                each.size,
                str(each.quantity),
                _hourly(each),
                _monthly(each),
            ]
            for each in entries
        ],
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


def compared(before: Sequence[FormationEntry], after: Sequence[FormationEntry]) -> list[str]:
    """What each process type that has another size cost a month, and costs now."""
    known = {entry.type: entry for entry in before}
    return [
        f"{new.type}: {old.size} to {new.size}, {_monthly(old)} to {_monthly(new)} a month"
        for new in after
        if (old := known.get(new.type)) is not None and old.size != new.size
    ]


def _hourly(entry: FormationEntry) -> str:
    """Of all that run or, as on Heroku, of one where none does."""
    from herogate.engine import prices

    return f"~${prices.hourly(entry.size, entry.architecture) * max(entry.quantity, 1):.3f}"


def _monthly(entry: FormationEntry) -> str:
    from herogate.engine import prices

    return f"${prices.monthly(entry.size, entry.architecture, entry.quantity):.2f}"
