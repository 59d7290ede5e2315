"""Which resource a call is about: what IAM calls it, by the parameter that names it.

For each service the parameters that may name one, the first that is there decides. A parameter may lie
deeper (``pipeline.name``) and may be a list, each of which is asked for. In an ARN, ``{}`` is its value,
``{cluster}`` another parameter's; ``:name`` is what an ARN, which may be given in place of a name, ends
with, ``:path`` a name without the slash before it, ``:owner`` what stands before a colon.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from string import Formatter
from typing import Any

_HERE = "{region}:{account}"
_CODEBUILD = f"arn:aws:codebuild:{_HERE}:project/"
_CODECOMMIT = f"arn:aws:codecommit:{_HERE}:{{}}"
_CODEPIPELINE = f"arn:aws:codepipeline:{_HERE}:{{}}"
_DYNAMODB = f"arn:aws:dynamodb:{_HERE}:table/{{:name}}"
_ECR = f"arn:aws:ecr:{_HERE}:repository/{{}}"
_ECS = f"arn:aws:ecs:{_HERE}:"
_ELB = f"arn:aws:elasticloadbalancing:{_HERE}:"
_EVENTS = f"arn:aws:events:{_HERE}:"
_KMS = f"arn:aws:kms:{_HERE}:"
_LOGS = f"arn:aws:logs:{_HERE}:log-group:"
_SCHEDULER = f"arn:aws:scheduler:{_HERE}:"
_SSM = f"arn:aws:ssm:{_HERE}:parameter/{{:path}}"

_IS_ARN = "{}"

_BY_PARAMETER: Mapping[str, Mapping[str, str]] = {
    "acm": {"CertificateArn": _IS_ARN},
    "cloudformation": {
        "StackName": f"arn:aws:cloudformation:{_HERE}:stack/{{}}/*",
        "ChangeSetName": _IS_ARN,
    },
    "codebuild": {
        "projectName": f"{_CODEBUILD}{{:name}}",
        "name": f"{_CODEBUILD}{{:name}}",
        "names": f"{_CODEBUILD}{{:name}}",
        "ids": f"{_CODEBUILD}{{:owner}}",
        "id": f"{_CODEBUILD}{{:owner}}",
    },
    "codecommit": {"repositoryName": _CODECOMMIT, "repositoryNames": _CODECOMMIT},
    "codepipeline": {
        "pipelineName": _CODEPIPELINE,
        "name": _CODEPIPELINE,
        "pipeline.name": _CODEPIPELINE,
        "resourceArn": _IS_ARN,
    },
    "dynamodb": {"TableName": _DYNAMODB, "ResourceArn": _IS_ARN},
    "ec2": {"GroupId": f"arn:aws:ec2:{_HERE}:security-group/{{}}"},
    "ecr": {"repositoryName": _ECR, "repositoryNames": _ECR, "resourceArn": _IS_ARN},
    "ecs": {
        "resourceArn": _IS_ARN,
        "serviceDeploymentArns": _IS_ARN,
        "serviceDeploymentArn": _IS_ARN,
        "serviceRevisionArns": _IS_ARN,
        "serviceName": f"{_ECS}service/{{cluster:name}}/{{:name}}",
        "service": f"{_ECS}service/{{cluster:name}}/{{:name}}",
        "services": f"{_ECS}service/{{cluster:name}}/{{:name}}",
        "task": f"{_ECS}task/{{cluster:name}}/{{:name}}",
        "tasks": f"{_ECS}task/{{cluster:name}}/{{:name}}",
        "taskDefinition": f"{_ECS}task-definition/{{:name}}",
        "taskDefinitions": f"{_ECS}task-definition/{{:name}}",
        "family": f"{_ECS}task-definition/{{:name}}",
        "clusterName": f"{_ECS}cluster/{{:name}}",
        "cluster": f"{_ECS}cluster/{{:name}}",
        "clusters": f"{_ECS}cluster/{{:name}}",
    },
    "elbv2": {
        "ResourceArns": _IS_ARN,
        "RuleArn": _IS_ARN,
        "ListenerArn": _IS_ARN,
        "TargetGroupArn": _IS_ARN,
        "LoadBalancerArn": _IS_ARN,
    },
    "events": {
        "ResourceARN": _IS_ARN,
        "Rule": f"{_EVENTS}rule/{{:name}}",
        "Name": f"{_EVENTS}rule/{{:name}}",
    },
    "iam": {
        "RoleName": "arn:aws:iam::{account}:role/{}",
        "PolicyArn": _IS_ARN,
        "AWSServiceName": "arn:aws:iam::{account}:role/aws-service-role/{}/*",
    },
    "kms": {
        "AliasName": f"{_KMS}{{}}",
        "KeyId": f"{_KMS}key/{{:name}}",
        "TargetKeyId": f"{_KMS}key/{{:name}}",
    },
    "logs": {
        "resourceArn": _IS_ARN,
        "resourceIdentifier": _IS_ARN,
        "logGroupIdentifier": _IS_ARN,
        "logGroupName": f"{_LOGS}{{}}:log-stream:{{logStreamName}}",
    },
    "s3": {"Key": "arn:aws:s3:::{Bucket}/{}", "Bucket": "arn:aws:s3:::{}"},
    "scheduler": {
        "ResourceArn": _IS_ARN,
        "GroupName": f"{_SCHEDULER}schedule/{{}}/{{Name}}",
    },
    "secretsmanager": {"SecretId": _IS_ARN},
    "sns": {"TopicArn": _IS_ARN, "TargetArn": _IS_ARN},
    "sqs": {"QueueUrl": f"arn:aws:sqs:{_HERE}:{{:name}}"},
    "ssm": {"Name": _SSM, "Names": _SSM, "Path": _SSM, "ResourceId": _SSM},
}

_BY_OPERATION: Mapping[tuple[str, str], Mapping[str, str]] = {
    ("codepipeline", "PutApprovalResult"): {"pipelineName": f"{_CODEPIPELINE}/{{stageName}}/*"},
    ("codepipeline", "RetryStageExecution"): {"pipelineName": f"{_CODEPIPELINE}/{{stageName}}"},
    ("ecs", "ListTasks"): {"cluster": f"{_ECS}container-instance/{{:name}}/*"},
    ("elbv2", "CreateLoadBalancer"): {"Name": f"{_ELB}loadbalancer/app/{{}}/*"},
    ("elbv2", "CreateTargetGroup"): {"Name": f"{_ELB}targetgroup/{{}}/*"},
    ("events", "PutEvents"): {"Entries": f"{_EVENTS}event-bus/default"},
    ("s3", "DeleteObjects"): {"Bucket": "arn:aws:s3:::{}/*"},
    ("scheduler", "CreateScheduleGroup"): {"Name": f"{_SCHEDULER}schedule-group/{{}}"},
    ("scheduler", "DeleteScheduleGroup"): {"Name": f"{_SCHEDULER}schedule-group/{{}}"},
    ("scheduler", "GetScheduleGroup"): {"Name": f"{_SCHEDULER}schedule-group/{{}}"},
}


def resources(
    service: str, operation: str, parameters: Mapping[str, Any], *, region: str, account: str
) -> list[str | None]:
    """The ARNs of what a call is about; None for what is not known here."""
    known = {"region": region, "account": account, "cluster": "default", **parameters}
    by_parameter = _BY_OPERATION.get((service, operation)) or _BY_PARAMETER.get(service, {})
    for name, arn in by_parameter.items():
        values = _values(parameters, name)
        if values:
            return [_told(arn, value, known) for value in values]
    return [None]


def _values(parameters: Mapping[str, Any], path: str) -> list[str]:
    found: Any = parameters
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    if isinstance(found, list):
        return [str(each) for each in found]
    return [] if found is None else [str(found)]


def _told(arn: str, value: str, known: Mapping[str, Any]) -> str:
    if value.startswith("arn:") and "{:name}" not in arn:
        return value
    return "".join(_pieces(arn, value, known))


def _pieces(arn: str, value: str, known: Mapping[str, Any]) -> Iterator[str]:
    for text, name, form, _ in Formatter().parse(arn):
        yield text
        if name is not None:
            yield _formed(value if name == "" else str(known.get(name, "")), form or "")


def _formed(value: str, form: str) -> str:
    match form:
        case "name":
            return value.rpartition("/")[2] if value.startswith(("arn:", "http")) else value
        case "path":
            return value.removeprefix("/")
        case "owner":
            return value.rpartition("/")[2].partition(":")[0]
        case _:
            return value
