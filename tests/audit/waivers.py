"""What a judge finds and we have decided to leave: read from ``waivers.yml``, each with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from pathlib import Path

import yaml
from audit.judges import Finding


class Ground(StrEnum):
    """The reasons for which something may be left."""

    NO_NAT = "NAT and private subnets are an option"
    NO_ACCESS_LOGS = "access logs cost"
    NO_CUSTOMER_KEYS = "customer-managed keys cost"
    NO_FLOW_LOGS = "flow logs cost"
    NO_OBJECT_LOCK = "object lock is not for what expires"
    NO_INSIGHTS = "container insights cost, and are an option"
    OPEN_PORT = "the world is to come in"
    PRIVILEGED_BUILD = "docker needs it"
    DELETION_PROTECTION = "deletion protection is an option"
    NO_DOMAIN = "without a domain there is no certificate"
    NOTHING_NARROWER = "AWS knows nothing narrower"
    JUDGE_IS_BEHIND = "the judge does not know what AWS has had since"
    PURPOSE = "it is so on purpose"


@dataclass(frozen=True, kw_only=True)
class Waiver:
    """Something left.

    Attributes:
        subject: a pattern of the finding's.
        profile: the one profile for which it counts; None for all.
    """

    judge: str
    id: str
    subject: str
    ground: Ground
    reason: str
    profile: str | None = None

    def covers(self, finding: Finding) -> bool:
        """Whether it is about this finding."""
        of_rule = (finding.judge, finding.id) == (self.judge, self.id)
        return of_rule and fnmatchcase(finding.subject, self.subject)


_DOCUMENT = yaml.safe_load((Path(__file__).parent / "waivers.yml").read_text())

WAIVERS = tuple(
    Waiver(
        judge=judge,
        id=written["id"],
        subject=written.get("subject", "*"),
        ground=Ground[written["ground"].upper()],
        reason=written["reason"],
        profile=written.get("profile"),
    )
    for judge in ("checkov", "guard", "nag", "parliament")
    for written in _DOCUMENT[judge]
)

UNUSED_RIGHTS: dict[str, str] = _DOCUMENT["unused_rights"]
"""Granted actions that no flow on the local cloud uses, with the reason for each."""
