"""What botocore raises, as the user hears it: which refusals are worth asking again."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from herogate.aws.failures import failure_of
from herogate.errors import AwsRefused, HerogateError, Throttled, Unavailable


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, "ThrottlingException", Throttled),
        (503, "SlowDown", Throttled),
        (503, "ServiceUnavailableException", Unavailable),
        (500, "InternalFailure", Unavailable),
        (400, "InvalidParameterException", AwsRefused),
    ],
)
def test_a_refusal_tells_whether_asking_later_may_help(
    status: int, code: str, kind: type[HerogateError]
) -> None:
    error = ClientError(
        {
            "Error": {"Code": code, "Message": "No."},
            "ResponseMetadata": {"HTTPStatusCode": status},  # type: ignore[typeddict-item]
        },
        "FilterLogEvents",
    )
    failure = failure_of(error, "logs")
    assert (type(failure), failure.message) == (
        kind,
        f"AWS refused logs:FilterLogEvents: No. ({code})",
    )
