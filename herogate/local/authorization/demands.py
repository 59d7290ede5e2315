"""What a call demands of who makes it: its action on each resource, and what goes with it.

Some calls need more than their own action: to hand a role to a service is to pass it, what is tagged
while it is made is tagged, and a transaction is made of what it does to each item.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from herogate.local.authorization.actions import action, is_scoped
from herogate.local.authorization.asked import Asked
from herogate.local.authorization.conditions import Context
from herogate.local.authorization.key_demands import encryption_context, of_keys, with_keys
from herogate.local.authorization.policies import Demand
from herogate.local.authorization.resources import resources

_DEFINITION_ROLES = ("executionRoleArn", "taskRoleArn")

_PASSED: Mapping[tuple[str, str], tuple[str, tuple[str, ...]]] = {
    ("cloudformation", "CreateChangeSet"): ("cloudformation", ("RoleARN",)),
    ("cloudformation", "CreateStack"): ("cloudformation", ("RoleARN",)),
    ("cloudformation", "DeleteStack"): ("cloudformation", ("RoleARN",)),
    ("cloudformation", "UpdateStack"): ("cloudformation", ("RoleARN",)),
    ("codebuild", "CreateProject"): ("codebuild", ("serviceRole",)),
    ("codebuild", "UpdateProject"): ("codebuild", ("serviceRole",)),
    ("codepipeline", "CreatePipeline"): ("codepipeline", ("pipeline.roleArn",)),
    ("codepipeline", "UpdatePipeline"): ("codepipeline", ("pipeline.roleArn",)),
    ("ecs", "RegisterTaskDefinition"): ("ecs-tasks", _DEFINITION_ROLES),
    ("ecs", "RunTask"): (
        "ecs-tasks",
        tuple(
            f"{where}.{name}" for where in ("overrides", "definition") for name in _DEFINITION_ROLES
        ),
    ),
    ("events", "PutTargets"): ("events", ("Targets.RoleArn",)),
    ("scheduler", "CreateSchedule"): ("scheduler", ("Target.RoleArn",)),
    ("scheduler", "UpdateSchedule"): ("scheduler", ("Target.RoleArn",)),
}
"""To which service a call passes the roles that stand where in its parameters."""

_TAGGED_AT_BIRTH: Mapping[tuple[str, str], str] = {
    ("ecs", "CreateService"): "arn:aws:ecs:{region}:{account}:service/{cluster}/{serviceName}",
    ("ecs", "RegisterTaskDefinition"): "arn:aws:ecs:{region}:{account}:task-definition/{family}:*",
    ("ecs", "RunTask"): "arn:aws:ecs:{region}:{account}:task/{cluster}/*",
}
"""What ECS lets nobody tag while making it who may not tag it."""

_ITEM_ACTIONS: Mapping[str, str] = {
    "ConditionCheck": "ConditionCheckItem",
    "Delete": "DeleteItem",
    "DeleteRequest": "DeleteItem",
    "Get": "GetItem",
    "Put": "PutItem",
    "PutRequest": "PutItem",
    "Update": "UpdateItem",
}
_DEPLOYMENT = re.compile(
    r"(?P<place>arn:.+):service-deployment/(?P<cluster>[^/]+)/(?P<service>[^/]+)/.+"
)
_EQUALS = re.compile(r"([#\w]+)\s*=\s*(:\w+)")


async def demands(asked: Asked) -> list[Demand]:
    """All that is demanded by a call; nothing, where nobody asks for a right."""
    if asked.name == ("ecs", "RunTask"):
        definition = await asked.definition(asked.parameters.get("taskDefinition", ""))
        asked = replace(asked, parameters={**asked.parameters, "definition": definition})
    if asked.service == "dynamodb":
        return await _of_dynamodb(asked)
    if asked.service == "kms":
        asked = await with_keys(asked)
    context = _context(asked)
    keys = await of_keys(asked, context)
    return [*_itself(asked, context), *_passed(asked), *_tagged(asked), *keys]


def _itself(asked: Asked, context: Context) -> Iterator[Demand]:
    named = action(asked.service, asked.operation, asked.parameters)
    if named is None:
        return
    if not is_scoped(named):
        yield Demand(action=named, resource="*", context=context)
        return
    for resource in resources(
        asked.service,
        asked.operation,
        asked.parameters,
        region=asked.region,
        account=asked.account,
    ):
        told = {} if resource is None else _told_by(resource)
        yield Demand(action=named, resource=resource, context={**context, **told})


def _told_by(resource: str) -> Context:
    """What the ARN of a deployment says of it: its cluster and its service."""
    found = _DEPLOYMENT.fullmatch(resource)
    if found is None:
        return {}
    return {
        "ecs:cluster": [f"{found['place']}:cluster/{found['cluster']}"],
        "ecs:service": [f"{found['place']}:service/{found['cluster']}/{found['service']}"],
    }


def _context(asked: Asked) -> Context:
    """What every request says of itself: ECS's of the cluster, EventBridge's of who tells, KMS's of
    what is encrypted."""
    context = {"aws:requestedregion": [asked.region], "aws:securetransport": ["true"]}
    if asked.name == ("events", "PutEvents"):
        entries = asked.parameters.get("Entries", [])
        sources = {str(entry.get("Source")) for entry in entries}
        return {**context, "events:source": sorted(sources)}
    if asked.service == "ecs":
        cluster = str(asked.parameters.get("cluster", "default")).rpartition("/")[2]
        arn = f"arn:aws:ecs:{asked.region}:{asked.account}:cluster/{cluster}"
        return {**context, "ecs:cluster": [arn]}
    if asked.service == "kms":
        return {**context, **encryption_context(asked.parameters.get("EncryptionContext", {}))}
    return context


def _passed(asked: Asked) -> Iterator[Demand]:
    service, places = _PASSED.get(asked.name, ("", ()))
    context = {"iam:passedtoservice": [f"{service}.amazonaws.com"]}
    roles = {role for place in places for role in _found(asked.parameters, place.split("."))}
    for role in sorted(roles):
        arn = role if role.startswith("arn:") else f"arn:aws:iam::{asked.account}:role/{role}"
        yield Demand(action="iam:PassRole", resource=arn, context=context)


def _found(value: Any, path: list[str]) -> Iterator[str]:
    match value:
        case list():
            for each in value:
                yield from _found(each, path)
        case Mapping() if path:
            yield from _found(value.get(path[0]), path[1:])
        case str() if value:
            yield value


def _tagged(asked: Asked) -> Iterator[Demand]:
    if asked.name == ("cloudformation", "CreateStack") and asked.parameters.get("Tags"):
        arn = "arn:aws:cloudformation:{region}:{account}:stack/{StackName}/*"
        yield _tagging(asked, "cloudformation:TagResource", arn, {})
    born = _TAGGED_AT_BIRTH.get(asked.name)
    if born is not None and (asked.parameters.get("tags") or "propagateTags" in asked.parameters):
        context = {"ecs:createaction": [asked.operation]}
        yield _tagging(asked, "ecs:TagResource", born, context)


def _tagging(asked: Asked, tags: str, arn: str, context: Context) -> Demand:
    cluster = str(asked.parameters.get("cluster", "default")).rpartition("/")[2]
    known = {"region": asked.region, "account": asked.account, **asked.parameters}
    resource = arn.format_map(defaultdict(str, {**known, "cluster": cluster}))
    return Demand(action=tags, resource=resource, context=context)


async def _of_dynamodb(asked: Asked) -> list[Demand]:
    """A call about items is held to the partitions it touches."""
    parts = list(_parts(asked))
    if not parts:
        parts = [(asked.operation, asked.parameters)]
    found: list[Demand] = []
    for operation, parameters in parts:
        one = replace(asked, operation=operation, parameters=parameters)
        keys = await _leading_keys(one)
        leading = {"dynamodb:leadingkeys": keys} if keys else {}
        found += [each for each in _itself(one, {**_context(one), **leading}) if each not in found]
    return found


def _parts(asked: Asked) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """What transactions and batches are made of."""
    if asked.operation.startswith("Transact"):
        for item in asked.parameters.get("TransactItems", []):
            for kind, parameters in item.items():
                yield _ITEM_ACTIONS[kind], parameters
    elif asked.operation in {"BatchGetItem", "BatchWriteItem"}:
        for table, of_table in asked.parameters.get("RequestItems", {}).items():
            requests = of_table["Keys"] if isinstance(of_table, Mapping) else of_table
            for request in requests:
                keys = request if asked.operation == "BatchGetItem" else _inner(request)
                yield asked.operation, {"TableName": table, "Key": keys}


def _inner(request: Mapping[str, Any]) -> Mapping[str, Any]:
    written = next(iter(request.values()))
    item: Mapping[str, Any] = written.get("Item") or written.get("Key")
    return item


async def _leading_keys(asked: Asked) -> list[str]:
    """The partition keys that a request names."""
    parameters = asked.parameters
    item: Mapping[str, Any] | None = parameters.get("Key") or parameters.get("Item")
    condition: str = parameters.get("KeyConditionExpression", "")
    if item is None and not condition:
        return []
    name = await asked.partition_key(parameters.get("TableName", ""))
    if item is not None:
        return _plain(item.get(name or ""))
    names = parameters.get("ExpressionAttributeNames", {})
    for written, placeholder in _EQUALS.findall(condition):
        if names.get(written, written) == name:
            return _plain(parameters.get("ExpressionAttributeValues", {}).get(placeholder))
    return []


def _plain(value: Mapping[str, Any] | None) -> list[str]:
    return [] if value is None else [str(each) for each in value.values()]
