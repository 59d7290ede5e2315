"""Rights that stand beside an app's roles: what several have alike, and what is about things made later.

A role does not wait for what is here, and nothing but the end of the stack waits for it. Each of these
is an inline policy of each of its roles, and goes with them.
"""

from __future__ import annotations

from collections.abc import Mapping

from troposphere import GetAtt, Ref
from troposphere.iam import PolicyType, Role

from stacks import names
from stacks.names import RolePurpose
from stacks.parts.policies import Statement, allow, arn, document, role_arn, s3_arn
from stacks.parts.roles import RoleScope, through_key
from stacks.parts.routing import Routing

Roles = Mapping[RolePurpose, Role]


def rights(scope: RoleScope, roles: Roles, place: Routing) -> tuple[PolicyType, ...]:
    """All of them, for the template."""
    return (_token(roles), _artifacts(scope, roles), _start(scope, roles), _place(roles, place))


def _token(roles: Roles) -> PolicyType:
    """Sign in where images are; what may then be done with which is in each role."""
    return _policy(
        "token",
        (roles[RolePurpose.BUILD], roles[RolePurpose.EXECUTION]),
        allow(["ecr:GetAuthorizationToken"], ["*"]),
    )


def _artifacts(scope: RoleScope, roles: Roles) -> PolicyType:
    """Hand over artifacts of the app's own codepipeline; a release takes them only.

    A build could read what it hands over itself, or write over the name of the commit that it was given:
    both are of this app, and whoever pushes says what both are. AWS always says who calls; ``IfExists``
    is for simulators that are not told.
    """
    writers = (roles[RolePurpose.BUILD], roles[RolePurpose.PIPELINE])
    artifacts = s3_arn(f"{scope.bucket}/{names.artifact_prefix(scope.app)}/*")
    return _policy(
        "artifacts",
        (*writers, roles[RolePurpose.RELEASE]),
        allow(["s3:GetObject", "s3:GetObjectVersion"], [artifacts]),
        allow(
            ["s3:PutObject"],
            [artifacts],
            {"ArnEqualsIfExists": {"aws:PrincipalArn": [GetAtt(role, "Arn") for role in writers]}},
        ),
        *through_key(scope, "s3", ["kms:Decrypt"]),
    )


def _start(scope: RoleScope, roles: Roles) -> PolicyType:
    """What it takes to start a process besides the right to run its definition."""
    return _policy(
        "start",
        (roles[RolePurpose.RELEASE], roles[RolePurpose.SCHEDULER]),
        allow(
            ["ecs:TagResource"],
            [arn("ecs", f"task/{scope.cluster}/*")],
            {"StringEquals": {"ecs:CreateAction": ["RunTask"]}},
        ),
        allow(
            ["iam:PassRole"],
            [
                role_arn(names.role(scope.app, purpose, "${AWS::Region}"))
                for purpose in (RolePurpose.TASK, RolePurpose.EXECUTION)
            ],
            {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
        ),
    )


def _place(roles: Roles, place: Routing) -> PolicyType:
    """What a release changes at the load balancer: whether pages show, and what health is asked for."""
    return _policy(
        "place",
        (roles[RolePurpose.RELEASE],),
        place.switching,
        allow(
            ["elasticloadbalancing:ModifyTargetGroup"],
            [GetAtt(place.target_group, "TargetGroupArn")],
        ),
    )


def _policy(name: str, roles: tuple[Role, ...], *statements: Statement) -> PolicyType:
    return PolicyType(
        f"{name.capitalize()}Policy",
        PolicyName=name,
        PolicyDocument=document(*statements),
        Roles=[Ref(role) for role in roles],
    )
