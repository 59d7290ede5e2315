"""Who may do what, against AWS's own list of actions and what each can be scoped to."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from importlib import resources as files
from typing import Any

import pytest
from stacks_cases import (
    ACCOUNT,
    APPS,
    BOUNDARY,
    KEY,
    PORT_APP,
    REGION,
    page_rule_arn,
    policies,
    resources,
    stack_id,
    templates,
)
from troposphere import Template

from stacks import app

TEMPLATES = templates()
SERVICES: dict[str, Any] = json.loads(
    (files.files("cfnlint.data.AdditionalSpecs") / "Policies.json").read_text(encoding="utf-8")
)


@dataclass(frozen=True, kw_only=True)
class Allowed:
    """One statement of a role's policies."""

    role: str
    actions: list[str]
    resources: list[str]
    condition: dict[str, Any]

    @property
    def is_by_tag(self) -> bool:
        """Whether a tag of the thing decides, not its ARN."""
        return any(key.startswith("aws:ResourceTag/") for key in self._keys)

    @property
    def is_at_creation(self) -> bool:
        """Whether it is about things that are just being made."""
        return "ecs:CreateAction" in self._keys

    @property
    def _keys(self) -> list[str]:
        return [key for keys in self.condition.values() for key in keys]


def allowed(template: Template) -> Iterator[Allowed]:
    """All that the roles of a template allow."""
    for role, documents in policies(template).items():
        for document in documents.values():
            for statement in document["Statement"]:
                assert statement["Effect"] == "Allow"
                yield Allowed(
                    role=role,
                    actions=statement["Action"],
                    resources=statement["Resource"],
                    condition=statement.get("Condition", {}),
                )


def scopes(action: str) -> list[str]:
    """The forms of ARN to which AWS lets an action be scoped; none if only ``*`` is possible."""
    prefix, name = action.split(":")
    service = SERVICES[prefix]
    assert name.lower() in service["Actions"], f"AWS knows no action {action}"
    return [
        form.replace("${Partition}", "aws")
        .replace("${Region}", f"({REGION})?")
        .replace("${Account}", f"({ACCOUNT})?")
        for kind in service["Actions"][name.lower()].get("Resources", [])
        for form in service["Resources"][kind]["ARNFormats"]
    ]


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_action_is_one_that_aws_knows_and_reaches_an_arn_of_its_own_kind(name: str) -> None:
    for statement in allowed(TEMPLATES[name]):
        for action in statement.actions:
            forms = scopes(action)
            assert statement.resources == ["*"] or any(
                re.fullmatch(form, arn) for form in forms for arn in statement.resources
            ), (action, statement.resources)


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_arn_is_one_that_an_action_of_its_statement_can_be_scoped_to(name: str) -> None:
    for statement in allowed(TEMPLATES[name]):
        forms = [form for action in statement.actions for form in scopes(action)]
        for arn in statement.resources:
            assert arn == "*" or any(re.fullmatch(form, arn) for form in forms), statement


@pytest.mark.parametrize("name", TEMPLATES)
def test_only_what_aws_can_scope_to_nothing_narrower_is_allowed_everywhere(name: str) -> None:
    everywhere = {
        action
        for statement in allowed(TEMPLATES[name])
        for action in statement.actions
        if statement.resources == ["*"] and not statement.condition
    }
    assert [action for action in everywhere if scopes(action)] == []


@pytest.mark.parametrize("name", APPS)
def test_what_is_allowed_everywhere_is_no_more_than_this(name: str) -> None:
    everywhere = {
        action
        for statement in allowed(TEMPLATES[name])
        for action in statement.actions
        if statement.resources == ["*"]
    }
    assert everywhere == {
        "ecr:GetAuthorizationToken",
        "ecs:DeregisterTaskDefinition",
        "ecs:DescribeServiceDeployments",
        "ecs:DescribeTasks",
        "ecs:ListTasks",
        "ecs:StopServiceDeployment",
        "elasticloadbalancing:DescribeRules",
        "elasticloadbalancing:DescribeTargetHealth",
    }


@pytest.mark.parametrize("other", ["shop-2", "shop2", "sho", "my-shop", "shop-shop"])
def test_nothing_of_an_app_reaches_anything_of_another(other: str) -> None:
    ours = list(allowed(app.template(replace(PORT_APP, app="shop"))))
    by_arn = [s for s in ours if not s.is_by_tag and not s.is_at_creation]
    patterns = {arn for statement in by_arn for arn in statement.resources} - {"*"}
    theirs = {
        arn
        for statement in allowed(app.template(replace(PORT_APP, app=other)))
        for arn in statement.resources
    }
    shared = {arn for statement in ours for arn in statement.resources} & theirs
    assert shared == {
        "*",
        f"arn:aws:s3:::{PORT_APP.bucket}",
        f"arn:aws:s3:::{PORT_APP.bucket}/{PORT_APP.package_key}",
        PORT_APP.space_stack_id,
        f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{PORT_APP.ledger_table}",
        KEY,
        f"arn:aws:ecs:{REGION}:{ACCOUNT}:task/{PORT_APP.cluster_name}/*",
    }
    reached = [
        (pattern, arn)
        for pattern in patterns
        for arn in theirs - shared
        if fnmatchcase(arn.replace("*", "x"), pattern)
    ]
    assert reached == []


def _statements(value: Any) -> Iterator[dict[str, Any]]:
    match value:
        case {"Effect": _, "Action": _}:
            yield value
        case dict():
            for each in value.values():
                yield from _statements(each)
        case list():
            for each in value:
                yield from _statements(each)


def test_what_is_allowed_anywhere_is_allowed_action_by_action() -> None:
    said = [
        statement["Action"]
        for template in TEMPLATES.values()
        for statement in _statements(template.to_dict())
        if statement["Effect"] == "Allow"
    ]
    actions = {action for one in said for action in ([one] if isinstance(one, str) else one)}
    assert {"kms:PutKeyPolicy", "ecs:RunTask", "sts:AssumeRole"} <= actions
    assert [action for action in sorted(actions) if "*" in action or "?" in action] == []


def test_a_key_that_apps_share_opens_the_config_vars_of_each_to_itself() -> None:
    use = [s for s in allowed(TEMPLATES["app-at-port"]) if KEY in s.resources]
    by_s3 = {"StringEquals": {"kms:ViaService": f"s3.{REGION}.amazonaws.com"}}
    (opens,) = (s for s in use if s.condition != by_s3)
    assert sorted((s.role, s.actions) for s in use if s.condition == by_s3) == [
        ("BuildRole", ["kms:Decrypt"]),
        ("BuildRole", ["kms:GenerateDataKey"]),
        ("PipelineRole", ["kms:Decrypt"]),
        ("ReleaseRole", ["kms:Decrypt"]),
    ]
    assert (opens.role, opens.actions) == ("ExecutionRole", ["kms:Decrypt"])
    assert opens.condition == {
        "StringEquals": {"kms:ViaService": f"ssm.{REGION}.amazonaws.com"},
        "StringLike": {
            "kms:EncryptionContext:PARAMETER_ARN": (
                f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/herogate/my-shop/config/*"
            )
        },
    }


def test_what_apps_share_a_table_or_a_listener_is_told_apart_by_key_and_tag() -> None:
    conditions = {
        action: statement.condition
        for statement in allowed(TEMPLATES["app-at-host"])
        for action in statement.actions
        if statement.role == "ReleaseRole"
    }
    by_tag = {"StringEquals": {"aws:ResourceTag/herogate:app": "my-shop"}}
    assert conditions["dynamodb:PutItem"] == {
        "ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["app/my-shop"]},
        "Null": {"dynamodb:LeadingKeys": "false"},
    }
    assert conditions["elasticloadbalancing:ModifyRule"] == by_tag
    cluster = f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/{PORT_APP.cluster_name}"
    in_cluster = {"ArnEquals": {"ecs:cluster": cluster}}
    service = f"arn:aws:ecs:{REGION}:{ACCOUNT}:service/{PORT_APP.cluster_name}/my-shop--*"
    assert conditions["ecs:StopServiceDeployment"] == {"ArnLike": {"ecs:service": service}}
    assert conditions["ecs:ListTasks"] == in_cluster
    assert conditions["ecs:DescribeTasks"] == {**by_tag, **in_cluster}
    assert not {action for action in conditions if action.endswith((":CreateRule", ":Scan"))}


@pytest.mark.parametrize(
    ("name", "rules"),
    [
        ("app-at-port", page_rule_arn("my-shop")),
        (
            "app-at-host",
            f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:listener-rule/app/herogate-default-1"
            "/50dc6c495c0c9188/f2f7dc8efc522ab2/*",
        ),
    ],
)
def test_a_release_changes_its_apps_own_page_rule_or_rules_of_the_one_listener_of_its_host(
    name: str, rules: str
) -> None:
    changing = [
        (s.role, s.resources)
        for s in allowed(TEMPLATES[name])
        if "elasticloadbalancing:ModifyRule" in s.actions
    ]
    assert changing == [("ReleaseRole", [rules])]


@pytest.mark.parametrize("name", APPS)
def test_artifacts_are_put_by_the_build_and_the_codepipeline_and_taken_by_the_release(
    name: str,
) -> None:
    artifacts = f"arn:aws:s3:::{PORT_APP.bucket}/d703f44cc4--herogate/*"
    who = [
        (s.role, s.actions, s.condition)
        for s in allowed(TEMPLATES[name])
        if s.resources == [artifacts]
    ]
    writers = {
        "ArnEqualsIfExists": {
            "aws:PrincipalArn": [
                f"arn:aws:iam::{ACCOUNT}:role/herogate--my-shop--{purpose}--{REGION}"
                for purpose in ("build", "pipeline")
            ]
        }
    }
    assert who == [
        (role, actions, condition)
        for role in ("BuildRole", "ReleaseRole", "PipelineRole")
        for actions, condition in (
            (["s3:GetObject", "s3:GetObjectVersion"], {}),
            (["s3:PutObject"], writers),
        )
    ]


@pytest.mark.parametrize("name", APPS)
def test_roles_are_passed_by_exact_arn_and_to_tasks_only(name: str) -> None:
    passing = [s for s in allowed(TEMPLATES[name]) if "iam:PassRole" in s.actions]
    assert passing == [
        Allowed(
            role=role,
            actions=["iam:PassRole"],
            resources=[
                f"arn:aws:iam::{ACCOUNT}:role/herogate--my-shop--{purpose}--{REGION}"
                for purpose in ("task", "execution")
            ],
            condition={"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
        )
        for role in ("ReleaseRole", "SchedulerRole")
    ]


def test_a_build_may_do_this_and_no_more() -> None:
    build = [s for s in allowed(TEMPLATES["app-at-port"]) if s.role == "BuildRole"]
    assert sorted({action for statement in build for action in statement.actions}) == [
        "codecommit:GitPull",
        "ecr:BatchCheckLayerAvailability",
        "ecr:BatchGetImage",
        "ecr:CompleteLayerUpload",
        "ecr:GetAuthorizationToken",
        "ecr:GetDownloadUrlForLayer",
        "ecr:InitiateLayerUpload",
        "ecr:PutImage",
        "ecr:UploadLayerPart",
        "kms:Decrypt",
        "kms:GenerateDataKey",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
        "s3:GetObject",
        "s3:GetObjectVersion",
        "s3:PutObject",
    ]


def test_eventbridge_starts_this_apps_codepipeline_and_release_project_and_nothing_else() -> None:
    events = [s for s in allowed(TEMPLATES["app-at-port"]) if s.role == "EventsRole"]
    assert [(s.actions, s.resources) for s in events] == [
        (
            ["codepipeline:StartPipelineExecution"],
            [f"arn:aws:codepipeline:{REGION}:{ACCOUNT}:d703f44cc4--herogate--my-shop"],
        ),
        (
            ["codebuild:StartBuild"],
            [f"arn:aws:codebuild:{REGION}:{ACCOUNT}:project/herogate--my-shop--release"],
        ),
    ]


def test_the_stacks_that_are_there_before_a_release_are_seen_by_their_ids_alone() -> None:
    seen = [
        s for s in allowed(TEMPLATES["app-at-port"]) if "cloudformation:DescribeStacks" in s.actions
    ]
    formation = f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/herogate-formation--my-shop/*"
    assert [s.resources for s in seen] == [
        [stack_id("herogate-app--my-shop"), PORT_APP.space_stack_id],
        [formation],
    ]


def test_each_role_trusts_one_service_and_that_for_this_account_and_app_only() -> None:
    roles = resources(TEMPLATES["app-at-port"], "AWS::IAM::Role")
    trusts = {
        name: [
            (statement["Principal"]["Service"], statement["Condition"])
            for statement in role["AssumeRolePolicyDocument"]["Statement"]
        ]
        for name, role in roles.items()
    }
    here = {"aws:SourceAccount": ACCOUNT}

    def by(service: str, *arns: str) -> list[tuple[str, dict[str, Any]]]:
        told = arns[0] if len(arns) == 1 else [*arns]
        source = {"ArnLike": {"aws:SourceArn": told}} if arns else {}
        return [(f"{service}.amazonaws.com", {"StringEquals": here, **source})]

    project = f"arn:aws:codebuild:{REGION}:{ACCOUNT}:project/herogate--my-shop"
    assert trusts == {
        "TaskRole": by("ecs-tasks", f"arn:aws:ecs:{REGION}:{ACCOUNT}:*"),
        "ExecutionRole": by("ecs-tasks", f"arn:aws:ecs:{REGION}:{ACCOUNT}:*"),
        "BuildRole": by("codebuild", f"{project}--build"),
        "ReleaseRole": by("codebuild", f"{project}--release"),
        "PipelineRole": by("codepipeline"),
        "SchedulerRole": by(
            "scheduler",
            f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule-group/herogate--my-shop",
        ),
        "EventsRole": by(
            "events",
            *(
                f"arn:aws:events:{REGION}:{ACCOUNT}:rule/herogate--my-shop--{rule}"
                for rule in ("push", "settle")
            ),
        ),
    }


@pytest.mark.parametrize("name", TEMPLATES)
def test_the_policies_of_a_role_fit_into_what_iam_allows(name: str) -> None:
    for documents in policies(TEMPLATES[name]).values():
        assert sum(len(json.dumps(document)) for document in documents.values()) <= 10_240
    for role in resources(TEMPLATES[name], "AWS::IAM::Role").values():
        assert len(json.dumps(role["AssumeRolePolicyDocument"])) <= 2_048


@pytest.mark.parametrize("name", APPS)
def test_a_permissions_boundary_bounds_every_role(name: str) -> None:
    roles = resources(TEMPLATES[name], "AWS::IAM::Role").values()
    expected = BOUNDARY if APPS[name].permissions_boundary else None
    assert {role.get("PermissionsBoundary") for role in roles} == {expected}
