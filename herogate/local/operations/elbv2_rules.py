"""Rules of listeners: their order, their limits, and what moto loses of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from herogate.local import constraints
from herogate.local.errors import AwsError, not_supported
from herogate.local.operations import Call, Reply, Result, operation
from herogate.local.operations.elbv2_answers import told_rule
from herogate.local.operations.elbv2_checks import check_conditions
from herogate.local.operations.elbv2_listeners import (
    check_listener_actions,
    find_balancer,
    find_listener,
)
from herogate.local.planes.elb.reading import place
from herogate.local.planes.elb.table import Protocol

_RULES_PER_BALANCER = 100
_HIGHEST_PRIORITY = 50000
_WHOLE_PAGE = 400
"""The largest page the API knows; no listener has as many rules."""

Document = Mapping[str, Any]


@operation("elbv2", "CreateRule")
async def create_rule(call: Call) -> Result | Reply:
    constraints.check(call)
    _refuse_transforms(call)
    check_conditions(call.parameters["Conditions"])
    async with call.cloud.elb.change(call.region, listener=call.parameters["ListenerArn"]):
        listener = await find_listener(call, call.parameters["ListenerArn"])
        await _check_actions(call, listener)
        rules = await _rules(call, listener["ListenerArn"])
        if str(call.parameters["Priority"]) in [rule["Priority"] for rule in rules]:
            priority = call.parameters["Priority"]
            raise AwsError("PriorityInUse", f"Priority '{priority}' is currently in use")
        await _check_room(call, listener["LoadBalancerArn"])
        return _told(await call.proceed())


@operation("elbv2", "ModifyRule")
async def modify_rule(call: Call) -> Result | Reply:
    constraints.check(call)
    _refuse_transforms(call)
    if "Conditions" in call.parameters:
        check_conditions(call.parameters["Conditions"])
    listener_arn = _listener_arn(call.parameters["RuleArn"])
    async with call.cloud.elb.change(call.region, listener=listener_arn):
        await _changeable(call, call.parameters["RuleArn"])
        if "Actions" in call.parameters:
            await _check_actions(call, await find_listener(call, listener_arn))
        return _told(await call.proceed())


@operation("elbv2", "DeleteRule")
async def delete_rule(call: Call) -> Reply:
    listener_arn = _listener_arn(call.parameters["RuleArn"])
    async with call.cloud.elb.change(call.region, listener=listener_arn):
        await _changeable(call, call.parameters["RuleArn"])
        return await call.proceed()


@operation("elbv2", "SetRulePriorities")
async def set_rule_priorities(call: Call) -> Result | Reply:
    """Give rules other priorities, all at once: rules may change places.

    Moto moves rules one by one and refuses a place that is still taken; so one that is to be left
    by another rule of the same request is reached by way of a free one.
    """
    constraints.check(call)
    wanted = call.parameters["RulePriorities"]
    listeners = {_listener_arn(each["RuleArn"]) for each in wanted}
    if len(listeners) != 1:
        raise AwsError("ValidationError", "All rules must belong to the same listener")
    listener_arn = listeners.pop()
    async with call.cloud.elb.change(call.region, listener=listener_arn):
        rules = [await _changeable(call, each["RuleArn"]) for each in wanted]
        taken = _check_places(wanted, await _rules(call, listener_arn))
        if [rule["Priority"] for rule in rules] == [str(each["Priority"]) for each in wanted]:
            return {"Rules": rules}
        if len(wanted) == 1:
            return _told(await call.proceed())
        free = (number for number in range(_HIGHEST_PRIORITY, 0, -1) if str(number) not in taken)
        for each in wanted:
            await _move(call, each["RuleArn"], next(free))
        for each in wanted:
            await _move(call, each["RuleArn"], each["Priority"])
        arns = [each["RuleArn"] for each in wanted]
        return await call.ask("elbv2", "DescribeRules", RuleArns=arns)


@operation("elbv2", "DescribeRules")
async def describe_rules(call: Call) -> Result | Reply:
    """Rules in the order they are tried, the default one last.

    Moto answers in order of creation: only a page that is sure to hold them all can be put in
    order, and smaller pages are cut from that.
    """
    parameters = dict(call.parameters)
    size, marker = parameters.pop("PageSize", _WHOLE_PAGE), parameters.pop("Marker", None)
    if call.parameters.get("PageSize") == _WHOLE_PAGE and marker is None:
        reply = _told(await call.proceed())
        return {"Rules": sorted(reply["Rules"], key=place)}
    answer = await call.ask("elbv2", "DescribeRules", **parameters, PageSize=_WHOLE_PAGE)
    rules = answer["Rules"]
    arns = [rule["RuleArn"] for rule in rules]
    if marker is not None and marker not in arns:
        raise AwsError("ValidationError", f"'{marker}' is not a valid marker")
    start = arns.index(marker) + 1 if marker else 0
    page = {"Rules": rules[start : start + size]}
    return page if start + size >= len(rules) else {**page, "NextMarker": arns[start + size - 1]}


def _refuse_transforms(call: Call) -> None:
    if call.parameters.get("Transforms"):
        raise not_supported("rule transforms")


async def _check_actions(call: Call, listener: Document) -> None:
    balancer = await find_balancer(call, listener["LoadBalancerArn"])
    check_listener_actions(
        call,
        balancer,
        call.parameters["Actions"],
        protocol=Protocol(listener["Protocol"]),
        port=listener["Port"],
    )


async def _check_room(call: Call, balancer_arn: str) -> None:
    balancer = await find_balancer(call, balancer_arn)
    if sum(len(listener.rules) - 1 for listener in balancer.listeners) >= _RULES_PER_BALANCER:
        raise AwsError(
            "TooManyRules",
            f"The maximum number of rules on load balancer '{balancer_arn}' has been reached",
        )


async def _changeable(call: Call, arn: str) -> Document:
    """A rule that exists and is not its listener's default."""
    answer = await call.ask("elbv2", "DescribeRules", RuleArns=[arn])
    rule = dict(answer["Rules"][0])
    if rule["IsDefault"]:
        doing = {"DeleteRule": "deleted", "ModifyRule": "modified"}.get(call.operation, "moved")
        raise AwsError("OperationNotPermitted", f"Default rule '{arn}' cannot be {doing}")
    return rule


def _check_places(wanted: Sequence[Document], present: Sequence[Document]) -> set[str]:
    """Refuse priorities that are or would be used twice; those that are taken before or after."""
    priorities = [str(each["Priority"]) for each in wanted]
    for priority in priorities:
        if priorities.count(priority) > 1:
            raise AwsError("ValidationError", f"Priority '{priority}' was provided multiple times")
    moving = [each["RuleArn"] for each in wanted]
    staying = {rule["Priority"] for rule in present if rule["RuleArn"] not in moving}
    if clash := staying & set(priorities):
        raise AwsError("PriorityInUse", f"Priority '{min(clash)}' is currently in use")
    return {rule["Priority"] for rule in present} | set(priorities)


async def _move(call: Call, arn: str, priority: int) -> None:
    place = {"RuleArn": arn, "Priority": priority}
    await call.ask("elbv2", "SetRulePriorities", RulePriorities=[place])


async def _rules(call: Call, listener_arn: str) -> list[Document]:
    answer = await call.ask("elbv2", "DescribeRules", ListenerArn=listener_arn)
    return list(answer["Rules"])


def _listener_arn(rule_arn: str) -> str:
    return rule_arn.replace(":listener-rule/", ":listener/").rpartition("/")[0]


def _told(reply: Reply) -> dict[str, Any]:
    if reply.error is not None:
        raise AwsError(*reply.error, status=reply.status)
    return {"Rules": [told_rule(each) for each in reply.result["Rules"]]}
