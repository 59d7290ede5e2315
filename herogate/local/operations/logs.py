"""CloudWatch Logs' groups: moto declares them; their streams and events live and go with them."""

from __future__ import annotations

from herogate.local.constraints import check
from herogate.local.errors import AwsError, not_supported
from herogate.local.operations import Call, Reply, Result, operation
from herogate.local.planes.logs.encryption import check_key

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
    if "kmsKeyId" in asked:
        await check_key(call.cloud, call.region, asked["logGroupName"], asked["kmsKeyId"])
    return await _changed(call)


@operation("logs", "DeleteLogGroup")
async def delete_log_group(call: Call) -> Reply:
    check(call)
    return await _changed(call)


@operation("logs", "AssociateKmsKey")
async def associate_kms_key(call: Call) -> Reply:
    name = _group_to_encrypt(call)
    call.cloud.logs.group(call.region, name)
    await check_key(call.cloud, call.region, name, call.parameters["kmsKeyId"])
    return await _changed(call, logGroupName=name)


@operation("logs", "DisassociateKmsKey")
async def disassociate_kms_key(call: Call) -> Reply:
    name = _group_to_encrypt(call)
    call.cloud.logs.group(call.region, name)
    return await _changed(call, logGroupName=name)


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


def _group_to_encrypt(call: Call) -> str:
    """The group that is to be put under a key, or under none any more, by its name or its ARN."""
    check(call)
    asked = call.parameters
    if ("logGroupName" in asked) == ("resourceIdentifier" in asked):
        raise AwsError(
            "InvalidParameterException",
            "Exactly one of logGroupName and resourceIdentifier must be specified.",
        )
    if "logGroupName" in asked:
        return str(asked["logGroupName"])
    *_, kind, name = asked["resourceIdentifier"].split(":", 6)
    if kind != "log-group":
        raise not_supported("keys for the results of queries")
    return str(name).removesuffix(":*")


async def _changed(call: Call, **given: str) -> Reply:
    reply = await call.proceed(**given)
    if reply.ok:
        name = {**call.parameters, **given}["logGroupName"]
        await call.cloud.logs.learn(call.region, name)
    return reply
