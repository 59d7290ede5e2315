"""EventBridge: rules kept from acting. What they match and start is their stack's to say."""

from __future__ import annotations

from herogate.aws.session import Session
from herogate.errors import AwsRefused


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
