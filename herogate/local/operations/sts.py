"""STS: a role is assumed only by whom its trust policy names.

A plane that works for an AWS service calls with that service's name as its caller's ARN
(``codebuild.amazonaws.com``).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from herogate.local.constraints import check
from herogate.local.errors import AwsError, not_supported
from herogate.local.moto_bridge import hooks
from herogate.local.operations import Call, Reply, operation
from herogate.local.operations.iam import role_trusts

_REMEMBERED = timedelta(hours=1)
"""For so long after its end a session's key is known as expired; then as nobody's."""

_CHAINED_SECONDS = 3600
"""The longest session of a role assumed by another role's session."""


@operation("sts", "AssumeRole")
async def assume_role(call: Call) -> Reply:
    check(call)
    if "SerialNumber" in call.parameters:
        raise not_supported("multi-factor authentication")
    role_arn = call.parameters["RoleArn"]
    if not await role_trusts(call, role_arn, call.caller.arn, _context(call)):
        raise AwsError(
            "AccessDenied",
            f"User: {call.caller.arn} is not authorized to perform: sts:AssumeRole "
            f"on resource: {role_arn}",
            status=403,
        )
    await _check_duration(call, role_arn)
    oldest = datetime.now(UTC) - _REMEMBERED
    await call.cloud.moto.run(lambda: hooks.forget_sessions(oldest))
    return await call.proceed()


def _context(call: Call) -> dict[str, str]:
    """The condition keys of the request. A service's calls come from this account."""
    account = call.cloud.account_id
    context = {"sts:rolesessionname": call.parameters["RoleSessionName"]}
    if "ExternalId" in call.parameters:
        context["sts:externalid"] = call.parameters["ExternalId"]
    if call.caller.arn.endswith(".amazonaws.com"):
        source = call.caller.source_arn
        on_behalf = {} if source is None else {"aws:sourcearn": source}
        return {**context, **on_behalf, "aws:sourceaccount": account}
    return {
        **context,
        "aws:principalarn": call.caller.arn,
        "aws:principalaccount": account,
    }


async def _check_duration(call: Call, role_arn: str) -> None:
    seconds = call.parameters.get("DurationSeconds", 0)
    role = (await call.ask("iam", "GetRole", RoleName=role_arn.rpartition("/")[2]))["Role"]
    if seconds > role["MaxSessionDuration"]:
        raise AwsError(
            "ValidationError",
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
        )
    if seconds > _CHAINED_SECONDS and ":assumed-role/" in call.caller.arn:
        raise AwsError(
            "ValidationError",
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by "
            "role chaining",
        )
