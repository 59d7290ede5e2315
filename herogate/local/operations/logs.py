"""CloudWatch Logs' groups: moto declares them; their streams and events live and go with them."""

from __future__ import annotations

from herogate.local.constraints import check
from herogate.local.errors import AwsError, not_supported
from herogate.local.operations import Call, Reply, Result, operation

_RETENTION_DAYS = (
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
    3288, 3653,
)  # fmt: skip

_STANDARD = "STANDARD"


@operation("logs", "CreateLogGroup")
async def create_log_group(call: Call) -> Reply:
    check(call)
    asked = call.parameters
    if asked["logGroupName"].lower().startswith("aws/"):
        raise AwsError(
            "InvalidParameterException", "Log groups starting with AWS/ are reserved for AWS."
        )
    if asked.get("logGroupClass", _STANDARD) != _STANDARD:
        raise not_supported(f"log groups of class {asked['logGroupClass']}")
    if asked.get("deletionProtectionEnabled"):
        raise not_supported("deletion protection of log groups")
    return await _changed(call)


@operation("logs", "DeleteLogGroup")
async def delete_log_group(call: Call) -> Reply:
    check(call)
    return await _changed(call)


@operation("logs", "DeleteRetentionPolicy")
async def delete_retention_policy(call: Call) -> Reply:
    check(call)
    return await _changed(call)


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
    return await _changed(call)


@operation("logs", "DescribeLogGroups")
async def describe_log_groups(call: Call) -> Reply | Result:
    check(call)
    reply = await call.proceed()
    if not reply.ok:
        return reply
    stored = await call.cloud.logs.stored_bytes(call.region)
    groups = [
        {
            **group,
            "storedBytes": stored.get(group["logGroupName"], 0),
            "logGroupClass": _STANDARD,
        }
        for group in reply.result["logGroups"]
    ]
    return {**reply.result, "logGroups": groups}


async def _changed(call: Call) -> Reply:
    reply = await call.proceed()
    if reply.ok:
        await call.cloud.logs.learn(call.region, call.parameters["logGroupName"])
    return reply
