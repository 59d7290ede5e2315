"""EventBridge: what it is told, and rules kept from acting. What they match is their stack's to say."""

from __future__ import annotations

import json
from collections.abc import Mapping

from herogate.aws.session import Session
from herogate.errors import AwsRefused


class Bus:
    """The default event bus of a region."""

    def __init__(self, session: Session) -> None:
        self._service = session.service("events")

    def tell(self, source: str, kind: str, detail: Mapping[str, str]) -> None:
        """Tell of something that happened.

        Args:
            source: who tells.
            kind: what happened, in words.
        """
        entry = {"Source": source, "DetailType": kind, "Detail": json.dumps(dict(detail))}
        (taken,) = self._service.call("put_events", Entries=[entry])["Entries"]
        if "ErrorCode" in taken:
            raise AwsRefused(
                operation="events:PutEvents",
                code=taken["ErrorCode"],
                reason=taken.get("ErrorMessage", ""),
            )


class Rules:
    """The rules of a region."""

    def __init__(self, session: Session) -> None:
        self._service = session.service("events")

    def disable(self, name: str) -> None:
        """Have a rule start nothing any more; one that is not there is no error."""
        try:
            self._service.call("disable_rule", Name=name)
        except AwsRefused as refusal:
            if refusal.code != "ResourceNotFoundException":
                raise
