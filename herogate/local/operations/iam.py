"""IAM: the refusals of names, policy documents and quotas that moto lacks; service-linked roles."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from herogate.local import trust
from herogate.local.constraints import check
from herogate.local.errors import AwsError, not_supported
from herogate.local.operations import Call, Reply, Result, operation

_NAMES = ("RoleName", "PolicyName", "UserName", "GroupName", "InstanceProfileName")
_NAME = re.compile(r"[\w+=,.@-]*", re.ASCII)
_PATH = re.compile(r"/|/[\u0021-\u007e]+/")

_INLINE_POLICY_BYTES = 10_240
_MANAGED_POLICY_BYTES = 6_144
_POLICIES_PER_ROLE = 10
_ROLES_PER_ACCOUNT = 1_000

_SERVICE_LINKED_ROLES = {
    "ecs.amazonaws.com": "AWSServiceRoleForECS",
    "ecs.application-autoscaling.amazonaws.com": "AWSServiceRoleForApplicationAutoScaling_ECSService",
    "elasticache.amazonaws.com": "AWSServiceRoleForElastiCache",
    "elasticloadbalancing.amazonaws.com": "AWSServiceRoleForElasticLoadBalancing",
    "rds.amazonaws.com": "AWSServiceRoleForRDS",
}


@operation("iam", "CreateRole")
async def create_role(call: Call) -> Reply:
    _check_names(call)
    await _check_trust_policy(call, call.parameters["AssumeRolePolicyDocument"])
    await _check_boundary(call)
    await _check_new_role(call)
    return await call.proceed()


@operation("iam", "UpdateAssumeRolePolicy")
async def update_assume_role_policy(call: Call) -> Reply:
    _check_names(call)
    await _check_trust_policy(call, call.parameters["PolicyDocument"])
    return await call.proceed()


@operation("iam", "PutRolePermissionsBoundary")
async def put_role_permissions_boundary(call: Call) -> Reply:
    _check_names(call)
    await _check_boundary(call)
    return await call.proceed()


@operation("iam", "DeleteRole")
async def delete_role(call: Call) -> Reply:
    role = (await call.ask("iam", "GetRole", RoleName=call.parameters["RoleName"]))["Role"]
    if role["Path"].startswith("/aws-service-role/"):
        raise AwsError(
            "UnmodifiableEntity",
            f"Cannot perform the operation on the protected role '{role['RoleName']}' - "
            f"this role is only modifiable by {role['Path'].split('/')[2]}",
        )
    return await call.proceed()


@operation("iam", "PutRolePolicy")
async def put_role_policy(call: Call) -> Reply:
    _check_names(call)
    _check_identity_policy(call.parameters["PolicyDocument"])
    await _check_inline_size(call)
    return await call.proceed()


@operation("iam", "AttachRolePolicy")
async def attach_role_policy(call: Call) -> Reply:
    _check_names(call)
    role, arn = call.parameters["RoleName"], call.parameters["PolicyArn"]
    attached = (await call.ask("iam", "ListAttachedRolePolicies", RoleName=role))[
        "AttachedPolicies"
    ]
    others = [policy for policy in attached if policy["PolicyArn"] != arn]
    if len(others) >= _POLICIES_PER_ROLE:
        raise _over_quota("PoliciesPerRole", _POLICIES_PER_ROLE)
    return await call.proceed()


@operation("iam", "CreatePolicy")
@operation("iam", "CreatePolicyVersion")
async def create_policy(call: Call) -> Reply:
    _check_names(call)
    document = call.parameters["PolicyDocument"]
    _check_identity_policy(document)
    if _size(document) > _MANAGED_POLICY_BYTES:
        raise _over_quota("PolicySize", _MANAGED_POLICY_BYTES)
    return await call.proceed()


@operation("iam", "DeletePolicy")
async def delete_policy(call: Call) -> Reply:
    arn = call.parameters["PolicyArn"]
    if (await call.ask("iam", "GetPolicy", PolicyArn=arn))["Policy"]["AttachmentCount"]:
        raise _conflict("Cannot delete a policy attached to entities.")
    versions = (await call.ask("iam", "ListPolicyVersions", PolicyArn=arn))["Versions"]
    if len(versions) > 1:
        raise _conflict(
            "This policy has more than one version. Before you delete a policy, you must delete the "
            "policy's versions. The default version is deleted with the policy."
        )
    return await call.proceed()


@operation("iam", "CreateGroup")
@operation("iam", "CreateInstanceProfile")
@operation("iam", "CreateUser")
async def create_named(call: Call) -> Reply:
    _check_names(call)
    return await call.proceed()


@operation("iam", "PutGroupPolicy")
@operation("iam", "PutUserPolicy")
async def put_inline_policy(call: Call) -> Reply:
    _check_names(call)
    _check_identity_policy(call.parameters["PolicyDocument"])
    return await call.proceed()


@operation("iam", "CreateServiceLinkedRole")
async def create_service_linked_role(call: Call) -> Result:
    check(call)
    service = call.parameters["AWSServiceName"]
    name = _SERVICE_LINKED_ROLES.get(service)
    if name is None:
        raise not_supported(f"a service-linked role of {service}")
    if call.parameters.get("CustomSuffix"):
        raise AwsError("InvalidInput", f"Custom suffix is not allowed for {service}")
    try:
        return await call.ask("iam", "CreateRole", **_service_linked_role(call, service, name))
    except AwsError as error:
        if error.code != "EntityAlreadyExists":
            raise
        raise AwsError(
            "InvalidInput",
            f"Service role name {name} has been taken in this account, "
            "please try a different suffix.",
        ) from None


def _service_linked_role(call: Call, service: str, name: str) -> dict[str, str]:
    allowed = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return {
        "RoleName": name,
        "Path": f"/aws-service-role/{service}/",
        "AssumeRolePolicyDocument": json.dumps({"Version": "2012-10-17", "Statement": [allowed]}),
        "Description": call.parameters.get("Description", ""),
    }


def _check_names(call: Call) -> None:
    """Names and limits; IAM has words of its own for characters that a name or path cannot have."""
    for parameter in _NAMES:
        if not _NAME.fullmatch(call.parameters.get(parameter, "")):
            raise AwsError(
                "ValidationError",
                f"The specified value for {parameter[0].lower()}{parameter[1:]} is invalid. It must "
                "contain only alphanumeric characters and/or the following: +=,.@_-",
            )
    if not _PATH.fullmatch(call.parameters.get("Path", "/")):
        raise AwsError(
            "ValidationError",
            "The specified value for path is invalid. It must begin and end with / and contain only "
            "alphanumeric characters and/or / characters.",
        )
    check(call)


async def _check_new_role(call: Call) -> None:
    """IAM's names differ by more than upper and lower case."""
    name, names = call.parameters["RoleName"], await _role_names(call)
    if name.lower() in {other.lower() for other in names}:
        raise AwsError("EntityAlreadyExists", f"Role with name {name} already exists.", status=409)
    if len(names) >= _ROLES_PER_ACCOUNT:
        raise _over_quota("RolesPerAccount", _ROLES_PER_ACCOUNT)


async def _role_names(call: Call) -> list[str]:
    names: list[str] = []
    position: dict[str, str] = {}
    while True:
        page = await call.ask("iam", "ListRoles", MaxItems=_ROLES_PER_ACCOUNT, **position)
        names += [role["RoleName"] for role in page["Roles"]]
        if not page.get("IsTruncated"):
            return names
        position = {"Marker": page["Marker"]}


async def _check_trust_policy(call: Call, document: str) -> None:
    missing = await missing_principal(call, trust.read(document))
    if missing is not None:
        raise AwsError("MalformedPolicyDocument", f'Invalid principal in policy: "AWS":"{missing}"')


async def _check_boundary(call: Call) -> None:
    boundary = call.parameters.get("PermissionsBoundary")
    if boundary is None:
        return
    try:
        await call.ask("iam", "GetPolicy", PolicyArn=boundary)
    except AwsError:
        raise AwsError(
            "NoSuchEntity",
            f"Scope ARN: {boundary} does not exist or is not attachable.",
            status=404,
        ) from None


def _check_identity_policy(document: str) -> None:
    """What moto's own check of identity policies lets pass."""
    try:
        policy = json.loads(document)
    except ValueError:
        raise AwsError("MalformedPolicyDocument", "This policy contains invalid Json") from None
    statements = policy.get("Statement", []) if isinstance(policy, Mapping) else []
    for statement in statements if isinstance(statements, list) else [statements]:
        if isinstance(statement, Mapping) and {"Principal", "NotPrincipal"} & statement.keys():
            raise AwsError(
                "MalformedPolicyDocument", "Policy document should not specify a principal."
            )


async def _check_inline_size(call: Call) -> None:
    role, name = call.parameters["RoleName"], call.parameters["PolicyName"]
    total = _size(call.parameters["PolicyDocument"])
    for other in (await call.ask("iam", "ListRolePolicies", RoleName=role))["PolicyNames"]:
        if other != name:
            policy = await call.ask("iam", "GetRolePolicy", RoleName=role, PolicyName=other)
            total += _size(unquote(policy["PolicyDocument"]))
    if total > _INLINE_POLICY_BYTES:
        raise AwsError(
            "LimitExceeded",
            f"Maximum policy size of {_INLINE_POLICY_BYTES} bytes exceeded for role {role}",
            status=409,
        )


def _size(document: str) -> int:
    """A policy's size as IAM counts it: without white space."""
    return len("".join(document.split()))


def _over_quota(quota: str, limit: int) -> AwsError:
    return AwsError("LimitExceeded", f"Cannot exceed quota for {quota}: {limit}", status=409)


def _conflict(message: str) -> AwsError:
    return AwsError("DeleteConflict", message, status=409)


async def missing_principal(call: Call, policy: Mapping[str, Any]) -> str | None:
    """A user or role of the account that a policy names and that is not there; None if all are."""
    for name in trust.principals(policy, call.cloud.account_id):
        kind, _, path = name.split(":", 5)[5].partition("/")
        entity = {"role": "Role", "user": "User"}[kind]
        try:
            await call.ask("iam", f"Get{entity}", **{f"{entity}Name": path.rpartition("/")[2]})
        except AwsError:
            return name
    return None


async def role_trusts(
    call: Call, role_arn: str, principal: str, context: Mapping[str, Any]
) -> bool:
    """Whether the role exists and its trust policy lets `principal` assume it (see ``trust.py``)."""
    try:
        name = role_arn.rpartition("/")[2]
        role = (await call.ask("iam", "GetRole", RoleName=name))["Role"]
    except AwsError as error:
        if error.code != "NoSuchEntity":
            raise
        return False
    policy = json.loads(unquote(role["AssumeRolePolicyDocument"]))
    return role["Arn"] == role_arn and trust.allows(policy, principal, context)
