"""A call whose right is asked for, and what may be looked up for it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A call, as far as it matters here.

    Attributes:
        partition_key: how a table calls its partition key.
        definition: what a task definition that is named says.
        key_arn: the ARN of the KMS key of this id, ARN, alias, or alias's ARN; None if there is none.
        sealed: the ARNs of the parameters that a call of SSM's would decrypt, each with its key's.
        object_seal: of the object that a call of S3's reads or writes: what S3 tells KMS that the key is
            for, and the key's ARN; None without a key of the account's own.
    """

    service: str
    operation: str
    parameters: Mapping[str, Any]
    region: str
    account: str
    partition_key: Callable[[str], Awaitable[str | None]]
    definition: Callable[[str], Awaitable[Mapping[str, Any]]]
    key_arn: Callable[[str], Awaitable[str | None]]
    sealed: Callable[[str, Mapping[str, Any]], Awaitable[Sequence[tuple[str, str]]]]
    object_seal: Callable[[str, Mapping[str, Any]], Awaitable[tuple[str, str] | None]]

    @property
    def name(self) -> tuple[str, str]:
        """Service and operation."""
        return self.service, self.operation
