"""CloudWatch Logs: the refusals of names and retention periods that moto lacks."""

from __future__ import annotations

from herogate.local.constraints import check
from herogate.local.errors import AwsError
from herogate.local.operations import Call, Reply, operation

_RETENTION_DAYS = (
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
    3288, 3653,
)  # fmt: skip


@operation("logs", "CreateLogGroup")
async def create_log_group(call: Call) -> Reply:
    check(call)
    if call.parameters["logGroupName"].lower().startswith("aws/"):
        raise AwsError(
            "InvalidParameterException", "Log groups starting with AWS/ are reserved for AWS."
        )
    return await call.proceed()


@operation("logs", "CreateLogStream")
async def create_log_stream(call: Call) -> Reply:
    check(call)
    return await call.proceed()


@operation("logs", "PutRetentionPolicy")
async def put_retention_policy(call: Call) -> Reply:
    check(call)
    days = call.parameters["retentionInDays"]
    if days not in _RETENTION_DAYS:
        allowed = ", ".join(map(str, _RETENTION_DAYS))
        raise AwsError(
            "InvalidParameterException",
            f"1 validation error detected: Value '{days}' at 'retentionInDays' failed to satisfy "
            f"constraint: Member must satisfy enum value set: [{allowed}]",
        )
    return await call.proceed()
