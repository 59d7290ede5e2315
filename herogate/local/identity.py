"""Who calls: the users and assumed roles behind access keys."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """An access key as a client holds it. Never logged."""

    access_key_id: str
    secret_access_key: str
    session_token: str | None = None


@dataclass(frozen=True, kw_only=True)
class Caller:
    """A verified caller: the principal's ARN, its account, and the credentials that signed.

    Attributes:
        source_arn: of an AWS service that acts: the resource on whose behalf (``aws:SourceArn``).
    """

    arn: str
    account_id: str
    credentials: Credentials
    source_arn: str | None = None
