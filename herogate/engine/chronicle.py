"""What is done with an app, written into its log as Heroku does: its releases and how it is scaled.

What becomes of processes ECS tells by itself, and builds write a log of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from herogate.aws.logs import Logs
from herogate.aws.session import Session
from herogate.engine.clock import Now
from herogate.errors import AwsRefused
from herogate.models import FormationEntry, Release
from stacks import names
from stacks.names import LogPurpose

STREAM = "api"
"""The stream, in the log of the platform, into which it is written, and who is said to say it."""


class Chronicle:
    """The chronicle of one app."""

    def __init__(self, session: Session, app: str, *, now: Now) -> None:
        self._logs = Logs(session)
        self._group = names.log_group(app, LogPurpose.PLATFORM)
        self._now = now

    def released(self, release: Release) -> None:
        """That a release was declared, or what became of it."""
        self._write(of_release(release))

    def scaled(self, entries: Sequence[FormationEntry], *, user: str) -> None:
        """That there are to be so many processes of some types."""
        self._write([of_scaling(entries, user=user)])

    def _write(self, lines: Sequence[str]) -> None:
        if not lines:
            return
        # What was done is done, whether or not it can be written down.
        with suppress(AwsRefused):
            self._logs.write(self._group, STREAM, self._now(), lines)


def of_release(release: Release) -> list[str]:
    """What is said of a release as it stands."""
    if not release.status.is_settled:
        return [
            f"{release.description} by user {release.user}",
            f"Release {release.version} created by user {release.user}",
        ]
    if release.status.has_failed:
        reason = (release.reason or "").partition("\n")[0]
        return [f"Release {release.version} failed{': ' if reason else ''}{reason}"]
    return []


def of_scaling(entries: Sequence[FormationEntry], *, user: str) -> str:
    """What is said of a formation that was scaled."""
    told = " ".join(f"{entry.type}@{entry.quantity}:{entry.size}" for entry in entries)
    return f"Scaled to {told} by user {user}"
