"""Which of the events handed to PutLogEvents are kept: CloudWatch Logs' limits, decided purely."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from herogate.local.errors import AwsError
from herogate.local.planes.logs.events import DAY, EVENT_OVERHEAD_BYTES, Group

_BATCH_BYTES = 1 << 20
_OLDEST = 14 * DAY
_NEWEST = DAY // 12


@dataclass(frozen=True, kw_only=True)
class Accepted:
    """What is kept of a batch, and what AWS tells of the rest (``rejectedLogEventsInfo``)."""

    events: Sequence[tuple[int, str]]
    rejected: Mapping[str, int] = field(default_factory=dict)


def accepted(events: Sequence[tuple[int, str]], group: Group, now: int) -> Accepted:
    """Judge a batch of (time, message).

    Events over 14 days old, older than the group keeps any, or over two hours ahead are left out.

    Raises:
        AwsError: the batch as a whole breaks a rule; nothing of it is kept.
    """
    times = [timestamp for timestamp, _ in events]
    size = sum(len(message.encode()) + EVENT_OVERHEAD_BYTES for _, message in events)
    if times != sorted(times):
        raise _refused(
            "Log events in a single PutLogEvents request must be in chronological order."
        )
    if size > _BATCH_BYTES:
        raise _refused(f"Upload too large: {size} bytes exceeds limit of {_BATCH_BYTES}")
    too_old = bisect_left(times, now - _OLDEST)
    expired = bisect_left(times, group.keeps_from(now))
    too_new = bisect_right(times, now + _NEWEST)
    kept = events[max(too_old, expired) : too_new]
    if kept and kept[-1][0] - kept[0][0] > DAY:
        raise _refused(
            "The batch of log events in a single PutLogEvents request cannot span more than 24 hours."
        )
    rejected = {}
    if too_old:
        rejected["tooOldLogEventEndIndex"] = too_old
    if expired > too_old:
        rejected["expiredLogEventEndIndex"] = expired
    if too_new < len(events):
        rejected["tooNewLogEventStartIndex"] = too_new
    return Accepted(events=kept, rejected=rejected)


def _refused(message: str) -> AwsError:
    return AwsError("InvalidParameterException", message)
