"""EventBridge: the refusals of rules and targets that moto lacks."""

from __future__ import annotations

from typing import Any

from herogate.local.constraints import check
from herogate.local.errors import AwsError, not_supported
from herogate.local.operations import Call, Reply, operation

_TARGETS_PER_RULE = 5
_RULES_PER_BUS = 300
_ACTING_THROUGH_A_ROLE = ("codebuild", "codepipeline", "ecs", "states", "kinesis", "ssm", "batch")
"""Services (as an ARN names them) that EventBridge reaches only in a role."""


@operation("events", "PutRule")
async def put_rule(call: Call) -> Reply:
    check(call)
    if "ScheduleExpression" in call.parameters:
        raise not_supported("EventBridge rules that run on a schedule")
    name, rules = call.parameters["Name"], await _rules(call)
    if name not in rules and len(rules) >= _RULES_PER_BUS:
        raise _over_limit()
    return await call.proceed()


@operation("events", "PutTargets")
async def put_targets(call: Call) -> Reply:
    check(call)
    for target in call.parameters["Targets"]:
        _check_target(target)
    new = {target["Id"] for target in call.parameters["Targets"]}
    rule = call.parameters["Rule"]
    answer = await call.ask("events", "ListTargetsByRule", Rule=rule, **_bus(call))
    if len(new | {target["Id"] for target in answer["Targets"]}) > _TARGETS_PER_RULE:
        raise _over_limit()
    return await call.proceed()


async def _rules(call: Call) -> set[str]:
    """The names of the bus's rules."""
    names: set[str] = set()
    position = _bus(call)
    while True:
        page = await call.ask("events", "ListRules", **position)
        names.update(rule["Name"] for rule in page["Rules"])
        if "NextToken" not in page:
            return names
        position = {**_bus(call), "NextToken": page["NextToken"]}


def _check_target(target: dict[str, Any]) -> None:
    arn = target["Arn"].split(":")
    if len(arn) > 2 and arn[2] in _ACTING_THROUGH_A_ROLE and "RoleArn" not in target:
        raise AwsError("ValidationException", f"RoleArn is required for target {target['Arn']}.")
    inputs = {"Input", "InputPath", "InputTransformer"} & target.keys()
    if len(inputs) > 1:
        raise AwsError(
            "ValidationException",
            "Only one of Input, InputPath, or InputTransformer must be provided for target "
            f"{target['Id']}.",
        )


def _bus(call: Call) -> dict[str, str]:
    name = call.parameters.get("EventBusName")
    return {} if name is None else {"EventBusName": name}


def _over_limit() -> AwsError:
    return AwsError(
        "LimitExceededException", "The requested resource exceeds the maximum number allowed."
    )
