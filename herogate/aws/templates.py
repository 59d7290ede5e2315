"""How a template reaches CloudFormation: in the request or, if too large for that, by way of S3."""

from __future__ import annotations

from dataclasses import dataclass

from herogate.aws.s3 import Buckets
from herogate.errors import InvalidRequest

INLINE_LIMIT = 51_200  # bytes of a template given in the request; beyond, it is read from S3
_LIMIT = 1_000_000  # bytes of a template that CloudFormation reads at all


@dataclass(frozen=True, kw_only=True)
class Shelf:
    """A place in S3."""

    bucket: str
    key: str


def sent(buckets: Buckets, stack: str, template: str, shelf: Shelf | None) -> dict[str, str]:
    """A template as the parameter of a request, put on the shelf first if it needs one.

    Raises:
        InvalidRequest: it is too large, or needs a shelf and has none.
    """
    body = template.encode()
    if len(body) <= INLINE_LIMIT:
        return {"TemplateBody": template}
    if shelf is None:
        raise InvalidRequest(
            f"The template of {stack} is over {INLINE_LIMIT:,} bytes, and there is no bucket yet by "
            "which to send it.",
            "Ask for fewer load balancers at first: `herogate spaces:update` adds others.",
        )
    if len(body) > _LIMIT:
        raise InvalidRequest(f"The template of {stack} is over {_LIMIT:,} bytes.")
    return {"TemplateURL": buckets.put(shelf.bucket, shelf.key, body)}


def taken_back(buckets: Buckets, template: str, shelf: Shelf | None) -> None:
    """Leave nothing of a template on its shelf, once CloudFormation has read it."""
    if shelf is not None and len(template.encode()) > INLINE_LIMIT:
        buckets.clear(shelf.bucket, prefix=shelf.key)
