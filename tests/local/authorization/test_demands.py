"""What calls demand, as a table: the action, the resource, what goes with it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from herogate.local.authorization.asked import Asked
from herogate.local.authorization.demands import demands
from herogate.local.authorization.policies import Demand

HERE = "us-east-1:123456789012"
ROLE = "arn:aws:iam::123456789012:role/task"
PARAMETER = f"arn:aws:ssm:{HERE}:parameter/a"
KEYS = {
    "k": f"arn:aws:kms:{HERE}:key/k",
    "other": f"arn:aws:kms:{HERE}:key/other",
    "alias/a": f"arn:aws:kms:{HERE}:key/k",
}


def asked(service: str, operation: str, parameters: Mapping[str, Any]) -> list[Demand]:
    async def partition_key(table: str) -> str:
        return "pk"

    async def definition(name: str) -> Mapping[str, Any]:
        return {"taskRoleArn": ROLE}

    async def key_arn(name: str) -> str | None:
        return KEYS.get(name)

    async def sealed(operation: str, parameters: Mapping[str, Any]) -> list[tuple[str, str]]:
        return [(PARAMETER, KEYS["k"])]

    async def object_seal(operation: str, parameters: Mapping[str, Any]) -> tuple[str, str] | None:
        sealed = parameters["Bucket"] == "sealed"
        return ("arn:aws:s3:::sealed", KEYS["k"]) if sealed else None

    call = Asked(
        service=service,
        operation=operation,
        parameters=parameters,
        region="us-east-1",
        account="123456789012",
        partition_key=partition_key,
        definition=definition,
        key_arn=key_arn,
        sealed=sealed,
        object_seal=object_seal,
    )
    return asyncio.run(demands(call))


def told(service: str, operation: str, /, **parameters: Any) -> list[tuple[str, str | None]]:
    return [(each.action, each.resource) for each in asked(service, operation, parameters)]


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "action", "resource"),
    [
        ("s3", "GetObject", {"Bucket": "b", "Key": "k"}, "s3:GetObject", "arn:aws:s3:::b/k"),
        ("s3", "HeadObject", {"Bucket": "b", "Key": "k"}, "s3:GetObject", "arn:aws:s3:::b/k"),
        (
            "s3",
            "GetObject",
            {"Bucket": "b", "Key": "k", "VersionId": "1"},
            "s3:GetObjectVersion",
            "arn:aws:s3:::b/k",
        ),
        ("s3", "ListObjectsV2", {"Bucket": "b"}, "s3:ListBucket", "arn:aws:s3:::b"),
        ("s3", "DeleteObjects", {"Bucket": "b"}, "s3:DeleteObject", "arn:aws:s3:::b/*"),
        (
            "elbv2",
            "ModifyRule",
            {"RuleArn": "arn:rule"},
            "elasticloadbalancing:ModifyRule",
            "arn:rule",
        ),
        ("elbv2", "DescribeRules", {}, "elasticloadbalancing:DescribeRules", "*"),
        (
            "logs",
            "PutLogEvents",
            {"logGroupName": "/g", "logStreamName": "s"},
            "logs:PutLogEvents",
            f"arn:aws:logs:{HERE}:log-group:/g:log-stream:s",
        ),
        (
            "codebuild",
            "BatchGetBuilds",
            {"ids": ["p:1"]},
            "codebuild:BatchGetBuilds",
            f"arn:aws:codebuild:{HERE}:project/p",
        ),
        (
            "codepipeline",
            "UpdatePipeline",
            {"pipeline": {"name": "p"}},
            "codepipeline:UpdatePipeline",
            f"arn:aws:codepipeline:{HERE}:p",
        ),
        (
            "cloudformation",
            "DescribeStacks",
            {"StackName": "s"},
            "cloudformation:DescribeStacks",
            f"arn:aws:cloudformation:{HERE}:stack/s/*",
        ),
        (
            "ecs",
            "UpdateService",
            {"cluster": f"arn:aws:ecs:{HERE}:cluster/c", "service": "s"},
            "ecs:UpdateService",
            f"arn:aws:ecs:{HERE}:service/c/s",
        ),
        (
            "ecs",
            "DescribeTasks",
            {"tasks": [f"arn:aws:ecs:{HERE}:task/default/1"]},
            "ecs:DescribeTasks",
            f"arn:aws:ecs:{HERE}:task/default/1",
        ),
        ("ecs", "DeregisterTaskDefinition", {"taskDefinition": "f:1"}, None, "*"),
        ("ecr", "GetAuthorizationToken", {}, None, "*"),
        ("ssm", "PutParameter", {"Name": "/a/b"}, None, f"arn:aws:ssm:{HERE}:parameter/a/b"),
        ("sqs", "SendMessage", {"QueueUrl": "http://h/1/q"}, None, f"arn:aws:sqs:{HERE}:q"),
        ("kms", "DescribeKey", {"KeyId": "alias/a"}, None, KEYS["k"]),
        ("kms", "DescribeKey", {"KeyId": "gone"}, None, f"arn:aws:kms:{HERE}:key/gone"),
        ("kms", "Decrypt", {}, None, None),
    ],
)
def test_a_call_demands_its_action_on_what_it_is_about(
    service: str,
    operation: str,
    parameters: Mapping[str, Any],
    action: str | None,
    resource: str | None,
) -> None:
    expected = [(action or f"{service}:{operation}", resource)]
    assert told(service, operation, **parameters) == expected


def test_a_deployment_is_known_by_its_service_and_its_cluster() -> None:
    deployment = f"arn:aws:ecs:{HERE}:service-deployment/c/a--web/1"
    (found,) = asked("ecs", "StopServiceDeployment", {"serviceDeploymentArn": deployment})
    assert (found.resource, found.context["ecs:cluster"], found.context["ecs:service"]) == (
        deployment,
        [f"arn:aws:ecs:{HERE}:cluster/c"],
        [f"arn:aws:ecs:{HERE}:service/c/a--web"],
    )
    (odd,) = asked("ecs", "StopServiceDeployment", {"serviceDeploymentArn": "service-deployment/c"})
    assert "ecs:service" not in odd.context


def test_a_call_about_several_things_demands_each() -> None:
    assert told("ssm", "GetParameters", Names=["/a", "/b"]) == [
        ("ssm:GetParameters", f"arn:aws:ssm:{HERE}:parameter/a"),
        ("ssm:GetParameters", f"arn:aws:ssm:{HERE}:parameter/b"),
    ]


def test_who_gives_a_role_to_a_service_passes_it() -> None:
    (_, passed) = asked("ecs", "RegisterTaskDefinition", {"family": "f", "taskRoleArn": ROLE})
    assert passed == Demand(
        action="iam:PassRole",
        resource=ROLE,
        context={"iam:passedtoservice": ["ecs-tasks.amazonaws.com"]},
    )


def test_a_task_that_is_run_is_passed_the_roles_of_its_definition() -> None:
    assert told("ecs", "RunTask", taskDefinition="f", cluster="c") == [
        ("ecs:RunTask", f"arn:aws:ecs:{HERE}:task-definition/f"),
        ("iam:PassRole", ROLE),
    ]


def test_an_alias_is_led_elsewhere_by_who_may_do_so_with_both_keys() -> None:
    alias = ("kms:UpdateAlias", f"arn:aws:kms:{HERE}:alias/a")
    keys = [("kms:UpdateAlias", KEYS[name]) for name in ("k", "other")]
    assert told("kms", "UpdateAlias", AliasName="alias/a", TargetKeyId="other") == [alias, *keys]
    made = told("kms", "CreateAlias", AliasName="alias/b", TargetKeyId="k")
    assert made == [
        ("kms:CreateAlias", f"arn:aws:kms:{HERE}:alias/b"),
        ("kms:CreateAlias", KEYS["k"]),
    ]


def test_what_is_encrypted_for_is_known_of_a_call() -> None:
    (found,) = asked("kms", "Encrypt", {"KeyId": "k", "EncryptionContext": {"App": "a"}})
    assert found.context["kms:encryptioncontext:app"] == ["a"]
    assert found.context["kms:encryptioncontextkeys"] == ["App"]


def test_a_secret_is_read_by_who_may_decrypt_with_its_key_through_ssm() -> None:
    *_, found = asked("ssm", "GetParameters", {"Names": ["/a"], "WithDecryption": True})
    assert found == Demand(
        action="kms:Decrypt",
        resource=KEYS["k"],
        context={
            "aws:requestedregion": ["us-east-1"],
            "aws:securetransport": ["true"],
            "kms:viaservice": ["ssm.us-east-1.amazonaws.com"],
            "kms:encryptioncontext:parameter_arn": [PARAMETER],
            "kms:encryptioncontextkeys": ["PARAMETER_ARN"],
        },
    )
    assert told("ssm", "GetParameters", Names=["/a"]) == [("ssm:GetParameters", PARAMETER)]


@pytest.mark.parametrize(
    ("parameters", "actions"),
    [
        ({"Type": "SecureString", "KeyId": "k"}, ["kms:Encrypt"]),
        ({"KeyId": "alias/a"}, ["kms:Encrypt"]),
        ({"KeyId": "k", "Tier": "Advanced"}, ["kms:GenerateDataKey", "kms:Encrypt"]),
        ({"Type": "SecureString"}, []),
        ({"Type": "String", "KeyId": "k"}, []),
        ({"KeyId": "gone"}, []),
    ],
)
def test_a_secret_is_put_by_who_may_encrypt_with_its_key(
    parameters: dict[str, str], actions: list[str]
) -> None:
    _, *found = asked("ssm", "PutParameter", {"Name": "/a", "Value": "x", **parameters})
    assert [(each.action, each.resource) for each in found] == [
        (action, KEYS["k"]) for action in actions
    ]
    contexts = [each.context["kms:encryptioncontext:parameter_arn"] for each in found]
    assert contexts == [[PARAMETER]] * len(actions)


def test_what_is_tagged_at_its_making_takes_the_right_to_tag() -> None:
    *_, tagging = asked("ecs", "CreateService", {"serviceName": "s", "tags": [{"key": "k"}]})
    assert tagging == Demand(
        action="ecs:TagResource",
        resource=f"arn:aws:ecs:{HERE}:service/default/s",
        context={"ecs:createaction": ["CreateService"]},
    )


def test_a_transaction_demands_what_it_does_to_each_partition() -> None:
    def key(of: str) -> dict[str, Any]:
        return {"TableName": "t", "Key": {"pk": {"S": of}, "sk": {"S": "x"}}}

    found = asked(
        "dynamodb",
        "TransactWriteItems",
        {"TransactItems": [{"Delete": key("a")}, {"ConditionCheck": key("b")}]},
    )
    assert [(each.action, each.context["dynamodb:leadingkeys"]) for each in found] == [
        ("dynamodb:DeleteItem", ["a"]),
        ("dynamodb:ConditionCheckItem", ["b"]),
    ]


def test_a_query_names_its_partition_whatever_it_calls_the_key() -> None:
    (query,) = asked(
        "dynamodb",
        "Query",
        {
            "TableName": "t",
            "KeyConditionExpression": "begins_with(sk, :s) AND #k = :k",
            "ExpressionAttributeNames": {"#k": "pk"},
            "ExpressionAttributeValues": {":k": {"S": "app/a"}, ":s": {"S": "x"}},
        },
    )
    assert query.context["dynamodb:leadingkeys"] == ["app/a"]


@pytest.mark.parametrize("operation", ["GetCallerIdentity", "AssumeRole"])
def test_who_one_is_and_becomes_takes_no_policy(operation: str) -> None:
    assert told("sts", operation, RoleArn=ROLE) == []


@pytest.mark.parametrize(
    ("service", "operation"),
    [
        ("dynamodb", "BatchWriteItem"),
        ("dynamodb", "TransactWriteItems"),
        ("ecs", "CreateService"),
        ("ecs", "RunTask"),
        ("events", "PutEvents"),
        ("s3", "GetObject"),
    ],
)
def test_a_call_that_lacks_what_it_must_have_demands_its_action_all_the_same(
    service: str, operation: str
) -> None:
    first = asked(service, operation, {"tags": [{"key": "k"}]})[0]
    assert first.action == f"{service}:{operation}"


@pytest.mark.parametrize(
    ("operation", "actions"),
    [
        ("GetObject", ["kms:Decrypt"]),
        ("PutObject", ["kms:GenerateDataKey"]),
        ("CreateMultipartUpload", ["kms:GenerateDataKey", "kms:Decrypt"]),
        ("HeadObject", []),
    ],
)
def test_an_object_under_a_key_takes_the_right_to_use_it_through_s3(
    operation: str, actions: list[str]
) -> None:
    _, *found = asked("s3", operation, {"Bucket": "sealed", "Key": "k"})
    assert [(each.action, each.resource) for each in found] == [
        (action, KEYS["k"]) for action in actions
    ]
    for each in found:
        assert each.context["kms:viaservice"] == ["s3.us-east-1.amazonaws.com"]
        assert each.context["kms:encryptioncontext:aws:s3:arn"] == ["arn:aws:s3:::sealed"]
    assert len(told("s3", operation, Bucket="open", Key="k")) == 1
