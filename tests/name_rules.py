"""The oracle of names: what each service takes, held against what `stacks.names` derives.

A pattern is the service's documentation with its limits; where botocore's model has one of its own, the
name of the shape is given and the test holds the name against that too.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import botocore.session

from stacks import names
from stacks.names import LogPurpose, RolePurpose

ACCOUNT = "123456789012"

_PROJECT = r"[A-Za-z0-9][A-Za-z0-9_-]{1,149}"
_EVENT_RULE = r"(?!aws)[.\-_A-Za-z0-9]{1,64}"
_STACK = r"[A-Za-z][-A-Za-z0-9]{0,127}"
_ELB = r"(?=.{1,32}$)(?!.*--)(?!internal-)[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?"
_ECS = r"[A-Za-z0-9_-]{1,255}"
_BUCKET = (
    r"(?=.{3,63}$)(?!xn--|sthree-|amzn-s3-demo-)[a-z0-9][a-z0-9.-]*[a-z0-9]"
    r"(?<!-s3alias)(?<!--ol-s3)(?<!--x-s3)(?<!--table-s3)(?<!-an)"
)
_ECR_PART = r"[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*"
_PARAMETER = r"(?=.{1,1011}$)(?!/(aws|ssm))(/[a-zA-Z0-9_.-]+){1,15}"
_OBJECT = r"(?=.{1,1024}$)[A-Za-z0-9!_.*'()/-]+"
_LOGICAL_ID = r"[A-Za-z0-9]{1,255}"
_VARIABLE = r"[A-Za-z_][A-Za-z0-9_]*"
_LOG_GROUP = r"(?!aws/)[.\-_/#A-Za-z0-9]{1,512}"


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What a service takes, and how a name for it is derived of what people chose and of a region.

    Attributes:
        function: of `stacks.names`.
        shape: botocore's service and shape, if that says anything.
    """

    service: str
    function: str
    pattern: str
    derive: Callable[[str, str], str]
    shape: tuple[str, str] | None = None

    def takes(self, name: str) -> bool:
        """Whether the service takes a name."""
        return re.fullmatch(self.pattern, name) is not None and _modelled(self.shape, name)


def _of(
    service: str,
    function: str,
    pattern: str,
    shape: tuple[str, str] | None = None,
    **fixed: str | int,
) -> Rule:
    """A rule for a name of the thing alone, of the thing and the region, or of further fixed parts."""
    make = getattr(names, function)
    takes_region = "region" in make.__annotations__

    def derive(name: str, region: str) -> str:
        return str(make(name, **fixed, **({"region": region} if takes_region else {})))

    return Rule(service=service, function=function, pattern=pattern, derive=derive, shape=shape)


OF_APPS = [
    _of("CloudFormation, app", "app_stack", _STACK),
    _of("CloudFormation, formation", "formation_stack", _STACK),
    _of("CloudFormation, add-on", "addon_stack", _STACK, addon="a" * names.ADDON_NAME_LIMITS[1]),
    _of("CodeCommit", "repository", r"(?!.*\.git$)[\w.-]{1,100}", ("codecommit", "RepositoryName")),
    _of(
        "ECR",
        "image_repository",
        rf"(?=.{{2,256}}$){_ECR_PART}(/{_ECR_PART})*",
        ("ecr", "RepositoryName"),
    ),
    _of("CodeBuild, build", "build_project", _PROJECT, ("codebuild", "ProjectName")),
    _of("CodeBuild, release", "release_project", _PROJECT, ("codebuild", "ProjectName")),
    _of("CodePipeline", "codepipeline", r"[\w.@-]{1,100}", ("codepipeline", "PipelineName")),
    _of("S3, artifacts", "artifact_prefix", r"[\w.@-]{20}"),
    _of("EventBridge, push", "push_rule", _EVENT_RULE, ("events", "RuleName")),
    _of("EventBridge, settle", "settle_rule", _EVENT_RULE, ("events", "RuleName")),
    _of("EventBridge, process", "process_rule", _EVENT_RULE, ("events", "RuleName")),
    _of(
        "EventBridge Scheduler",
        "schedule_group",
        r"(?!default$)[0-9a-zA-Z_.-]{1,64}",
        ("scheduler", "ScheduleGroupName"),
    ),
    _of("target group", "target_group", _ELB),
    _of("ECS, scheduled", "scheduled_family", _ECS),
    _of("SSM, all", "parameter_path", r"/[a-zA-Z0-9_./-]{1,1010}"),
    _of("DynamoDB, key", "ledger_partition", r".{1,2048}"),
    _of("CloudWatch Logs, all", "log_groups", _LOG_GROUP, ("logs", "LogGroupName")),
    *(
        _of(f"IAM, {each}", "role", r"[\w+=,.@-]{1,64}", ("iam", "roleNameType"), purpose=each)
        for each in RolePurpose
    ),
    *(
        _of(
            f"CloudWatch Logs, {each}",
            "log_group",
            _LOG_GROUP,
            ("logs", "LogGroupName"),
            purpose=each,
        )
        for each in LogPurpose
    ),
]

OF_SPACES = [
    _of("CloudFormation", "space_stack", _STACK),
    *(_of(f"load balancer {each}", "load_balancer", _ELB, number=each) for each in (1, 50)),
    _of("ECS", "cluster", _ECS),
    _of("S3", "bucket", _BUCKET, account_id=ACCOUNT),
    _of("DynamoDB", "ledger_table", r"[a-zA-Z0-9_.-]{3,255}", ("dynamodb", "TableName")),
    _of("KMS", "key_alias", r"alias/(?!aws/)[a-zA-Z0-9/_-]{1,250}", ("kms", "AliasNameType")),
    _of("CloudWatch Logs", "platform_log_policy", r"[^:*]{1,255}"),
]

LONGEST_APP = "a" * names.APP_NAME_LIMITS[1]

OF_PROCESS_TYPES = [
    Rule(
        service="ECS, service",
        function="service",
        pattern=_ECS,
        derive=lambda process_type, _: names.service(LONGEST_APP, process_type),
    ),
    Rule(
        service="ECS, task definition",
        function="task_family",
        pattern=_ECS,
        derive=lambda process_type, _: names.task_family(LONGEST_APP, process_type),
    ),
    Rule(
        service="ECS, container",
        function="service",
        pattern=_ECS,
        derive=lambda process_type, _: process_type,
    ),
    Rule(
        service="CloudFormation, resource",
        function="service_resource",
        pattern=_LOGICAL_ID,
        derive=lambda process_type, _: names.service_resource(process_type),
    ),
]

OF_CONFIG_VARS = [
    Rule(
        service="SSM",
        function="config_parameter",
        pattern=_PARAMETER,
        derive=lambda key, _: names.config_parameter(LONGEST_APP, key, "0123456789abcdef"),
        shape=("ssm", "PSParameterName"),
    ),
    Rule(
        service="environment",
        function="config_parameter",
        pattern=_VARIABLE,
        derive=lambda key, _: key,
    ),
]

OF_OBJECTS = [
    Rule(
        service="S3, package",
        function="package_key",
        pattern=_OBJECT,
        derive=lambda version, _: names.package_key(version, "0123456789abcdef"),
    ),
    Rule(
        service="S3, template",
        function="template_key",
        pattern=_OBJECT,
        derive=lambda stack, _: names.template_key(stack, "0123456789abcdef"),
    ),
]

ALL = [*OF_APPS, *OF_SPACES, *OF_PROCESS_TYPES, *OF_CONFIG_VARS, *OF_OBJECTS]


def refused(rules: list[Rule], chosen: str, region: str) -> list[tuple[str, str]]:
    """The names derived of what somebody chose that their services would not take."""
    derived = ((rule, rule.derive(chosen, region)) for rule in rules)
    return [(rule.service, name) for rule, name in derived if not rule.takes(name)]


def _modelled(shape: tuple[str, str] | None, name: str) -> bool:
    if shape is None:
        return True
    told = _metadata(*shape)
    pattern = told.get("pattern")
    return told.get("min", 0) <= len(name) <= told.get("max", len(name)) and (
        pattern is None or re.fullmatch(pattern, name) is not None
    )


@cache
def _metadata(service: str, shape: str) -> dict[str, Any]:
    model = botocore.session.get_session().get_service_model(service)
    return dict(model.shape_for(shape).metadata)
