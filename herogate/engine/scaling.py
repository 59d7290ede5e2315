"""``web=3 worker+1 web=2:standard-2x``: what is asked of a formation, and what it comes to. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from herogate.engine import procfile, sizes
from herogate.errors import InvalidRequest, NotFound
from herogate.models import FormationEntry, Size

QUANTITY_LIMIT = 5000
"""Of the processes of one type: ECS runs no more of one service."""

_SCALE = re.compile(r"([\w-]+)([=+-])([0-9]+)(?::([\w.-]+))?", re.ASCII)
_RESIZE = re.compile(r"([\w-]+)=([\w.-]+)", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Change:
    """What is asked for one process type.

    Attributes:
        quantity: None for as many as there are.
        is_relative: whether the quantity is to be added to what there is.
        size: None for the one it has.
    """

    process_type: str
    quantity: int | None = None
    is_relative: bool = False
    size: Size | None = None


def scales(words: Sequence[str]) -> list[Change]:
    """``web=3``, ``worker+1``, ``worker-1``, ``web=2:standard-2x``. Raises `InvalidRequest`."""
    changes = []
    for word in words:
        found = _SCALE.fullmatch(word)
        if found is None:
            raise InvalidRequest(
                f"{word} is no way to scale.",
                "Say web=3, worker+1, worker-1, or with a size web=2:standard-2x.",
            )
        process_type, sign, digits, size = found.groups()
        changes.append(
            Change(
                process_type=process_type,
                quantity=-int(digits) if sign == "-" else int(digits),
                is_relative=sign != "=",
                size=None if size is None else sizes.named(size),
            )
        )
    return _once(changes)


def resizes(words: Sequence[str], known: Sequence[str]) -> list[Change]:
    """``web=standard-2x``, or one size for every process type known. Raises `InvalidRequest`."""
    if len(words) == 1 and "=" not in words[0]:
        size = sizes.named(words[0])
        return [Change(process_type=name, size=size) for name in known]
    changes = []
    for word in words:
        found = _RESIZE.fullmatch(word)
        if found is None:
            raise InvalidRequest(
                f"{word} is no way to resize.", "Say web=standard-2x, or one size for all types."
            )
        changes.append(Change(process_type=found[1], size=sizes.named(found[2])))
    return _once(changes)


def scaled(
    app: str, formation: Mapping[str, FormationEntry], changes: Sequence[Change]
) -> dict[str, FormationEntry]:
    """What the process types that are changed come to.

    Raises:
        NotFound: the app has no such process type.
        InvalidRequest: there would be fewer than none, or more than ECS runs.
    """
    return {
        change.process_type: _changed(_entry(app, formation, change.process_type), change)
        for change in changes
    }


def _entry(app: str, formation: Mapping[str, FormationEntry], process_type: str) -> FormationEntry:
    if process_type not in formation:
        listed = ", ".join(sorted(formation)) or "none until something is released"
        raise NotFound(
            f"Couldn't find that process type ({process_type}).",
            f"Process types of {app}: {listed}.",
        )
    return formation[process_type]


def _changed(entry: FormationEntry, change: Change) -> FormationEntry:
    quantity = entry.quantity if change.quantity is None else change.quantity
    if change.is_relative:
        quantity += entry.quantity
    if quantity < 0:
        raise InvalidRequest(
            f"{entry.type} cannot be scaled by {change.quantity}: it is at {entry.quantity}."
        )
    if quantity > QUANTITY_LIMIT:
        raise InvalidRequest(
            f"{entry.type} cannot be scaled to {quantity}: ECS runs {QUANTITY_LIMIT} processes of a "
            "type at the most."
        )
    return replace(entry, quantity=quantity, size=change.size or entry.size)


def _once(changes: Sequence[Change]) -> list[Change]:
    named = [change.process_type for change in changes]
    for name in named:
        if wrong := procfile.wrong_name(name):
            raise InvalidRequest(wrong)
        if named.count(name) > 1:
            raise InvalidRequest(f"{name} is named more than once.")
    return list(changes)
