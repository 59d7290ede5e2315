"""What old releases leave behind: which images, definitions and values of config vars may go. Pure.

The ledger decides, since it alone knows what may be gone back to: what none of the last releases uses,
and what does not run, goes. Images and definitions go with whoever applies a release, values of config
vars with whoever changes config vars: a release stage, beside which pushed code was built, may not
delete them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from herogate.engine.release_records import Record

KEPT = 30
"""How many releases can be gone back to."""


@dataclass(frozen=True, kw_only=True)
class Refuse:
    """What may be deleted.

    Attributes:
        up_to: number of the release up to which nothing is left when all this is gone; 0 for none.
    """

    up_to: int = 0
    image_digests: tuple[str, ...] = ()
    definitions: tuple[str, ...] = ()


def plan(records: Sequence[Record], *, current: int) -> Refuse:
    """What may go.

    Args:
        records: an app's releases of which anything is left, the newest first.
        current: number of the release in effect, which stays however old it is.
    """
    kept = [*records[:KEPT], *(r for r in records[KEPT:] if r.release.number == current)]
    old = [r for r in records[KEPT:] if r.release.number != current]
    numbers = [record.release.number for record in records[KEPT:]]
    return Refuse(
        up_to=current - 1 if current in numbers else max(numbers, default=0),
        image_digests=_only(_images(old), _images(kept)),
        definitions=_only(_definitions(old), _definitions(kept)),
    )


def parameters(records: Sequence[Record], *, up_to: int) -> tuple[str, ...]:
    """The values of config vars that may go.

    Args:
        records: an app's releases of which anything is left, the newest first.
        up_to: number of the release up to which nothing else is left; the one in effect is newer.
    """
    old = [record for record in records if record.release.number <= up_to]
    return _only(_parameters(old), _parameters(records[: len(records) - len(old)]))


def _only(old: Iterator[str], kept: Iterator[str]) -> tuple[str, ...]:
    needed = set(kept)
    return tuple(dict.fromkeys(each for each in old if each not in needed))


def _images(records: Sequence[Record]) -> Iterator[str]:
    return (r.release.slug.image_digest for r in records if r.release.slug is not None)


def _parameters(records: Sequence[Record]) -> Iterator[str]:
    return (name for record in records for name in record.release.config.values() if name)


def _definitions(records: Sequence[Record]) -> Iterator[str]:
    return (arn for record in records for arn in record.progress.definitions.values())
