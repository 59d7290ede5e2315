"""Who calls AWS."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Who calls AWS.

    Attributes:
        name: of the user, or of the session of a role.
    """

    arn: str
    account: str
    name: str = ""
