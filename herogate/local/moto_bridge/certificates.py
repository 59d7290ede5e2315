"""What moto remembers of ACM's certificates that were deleted. To be called on moto's thread."""

from __future__ import annotations

from herogate.local.moto_bridge import settings  # noqa: F401  (before moto)

# isort: split
from moto.acm.models import acm_backends

from herogate.local.moto_bridge.settings import ACCOUNT_ID


def forget_tokens(region: str) -> None:
    """Forget with which tokens deleted certificates were asked for: moto fails where one comes again."""
    backend = acm_backends[ACCOUNT_ID][region]
    asked, there = backend._idempotency_tokens, backend._certificates
    for token in [token for token, answer in asked.items() if answer["arn"] not in there]:
        del asked[token]
