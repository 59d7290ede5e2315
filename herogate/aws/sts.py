"""STS: who calls."""

from __future__ import annotations

from herogate.aws.session import Session
from herogate.models import Identity


def identity(session: Session) -> Identity:
    """The caller as AWS sees it."""
    answer = session.service("sts").call("get_caller_identity")
    name = answer["Arn"].rpartition("/")[2].rpartition(":")[2]
    return Identity(arn=answer["Arn"], account=answer["Account"], name=name)
