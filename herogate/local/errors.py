"""The one way in which the local cloud says no: an AWS error, with the code AWS would give.

Raised by operations, planes and resource handlers, put on the wire by ``wire.py``. Nothing else may
escape an operation: any other exception is a bug and answers ``InternalFailure`` (HTTP 500).
"""

from __future__ import annotations


class AwsError(Exception):
    """An error answer of an AWS API operation.

    Args:
        code: the error's code as botocore's service model names it (``ValidationError``).
        message: what AWS would say, in its words where they are known.
        status: the HTTP status; AWS's usual 400 unless said otherwise.
    """

    def __init__(self, code: str, message: str, *, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status


def not_supported(what: str) -> AwsError:
    """The refusal of something that AWS has and the local cloud does not (HTTP 501, never retried)."""
    return AwsError("NotImplemented", f"The local cloud does not support {what}.", status=501)
