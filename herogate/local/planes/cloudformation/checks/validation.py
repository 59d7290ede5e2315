"""Whether CloudFormation would take a template, and whether a type would take its properties.

`check` is what CreateStack, UpdateStack, CreateChangeSet and ValidateTemplate refuse at once.
`check_properties` is what makes a resource CREATE_FAILED or UPDATE_FAILED later.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

from herogate.local.errors import AwsError, not_supported
from herogate.local.planes.cloudformation.checks import coercion, conformity, mentions
from herogate.local.planes.cloudformation.checks.schemas import ResourceSchema, schema
from herogate.local.planes.cloudformation.templates import dependencies, dynamic_references
from herogate.local.planes.cloudformation.templates.notation import format_error, template_error
from herogate.local.planes.cloudformation.templates.template import (
    DeletionPolicy,
    ResourceDeclaration,
    Template,
)

_LIMITS: Final = {"resources": 500, "parameters": 200, "outputs": 200, "mappings": 200}
_IAM_NAMES: Final = {
    "AWS::IAM::AccessKey": None,
    "AWS::IAM::Group": "GroupName",
    "AWS::IAM::GroupPolicy": None,
    "AWS::IAM::InstanceProfile": "InstanceProfileName",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::IAM::Policy": None,
    "AWS::IAM::Role": "RoleName",
    "AWS::IAM::RolePolicy": None,
    "AWS::IAM::User": "UserName",
    "AWS::IAM::UserPolicy": None,
    "AWS::IAM::UserToGroupAddition": None,
}
"""The types that change who may do what, each with the property that gives it a custom name."""
_SNAPSHOT_TYPES: Final = frozenset(
    {
        "AWS::DocDB::DBCluster",
        "AWS::EC2::Volume",
        "AWS::ElastiCache::CacheCluster",
        "AWS::ElastiCache::ReplicationGroup",
        "AWS::Neptune::DBCluster",
        "AWS::RDS::DBCluster",
        "AWS::RDS::DBInstance",
        "AWS::Redshift::Cluster",
    }
)
_NAME_LIMIT: Final = 255
_DESCRIPTION_LIMIT: Final = 1024


def check(template: Template, region: str, known_types: Collection[str]) -> None:
    """Refuse a template that CloudFormation would refuse before it makes a stack.

    Args:
        known_types: the resource types the local cloud can make.

    Raises:
        AwsError: ``ValidationError`` in CloudFormation's words (unresolved references, cycles,
            types that AWS does not have, limits); ``NotImplemented`` by name for types that AWS has
            and the local cloud does not.
    """
    _check_limits(template)
    mentions.check(template)
    _check_types(template.resources.values(), region, known_types)
    mentions.check_attributes(template, region)
    _check_snapshots(template.resources.values())
    _check_secure_references(template)
    dependencies.creation_order(dependencies.declared(template))


def _check_limits(template: Template) -> None:
    if not template.resources:
        raise format_error("At least one Resources member must be defined.")
    for section, limit in _LIMITS.items():
        members: Mapping[str, Any] = getattr(template, section)
        if len(members) > limit:
            raise format_error(
                f"Number of {section}, {len(members)}, is greater than maximum allowed, {limit}"
            )
        for name in members:
            if len(name) > _NAME_LIMIT:
                raise format_error(f"Name {name} is longer than {_NAME_LIMIT} characters.")
    if len((template.description or "").encode()) > _DESCRIPTION_LIMIT:
        raise format_error(f"'Description' length is greater than {_DESCRIPTION_LIMIT}.")


def _check_types(
    resources: Iterable[ResourceDeclaration], region: str, known_types: Collection[str]
) -> None:
    types = list(dict.fromkeys(resource.type_name for resource in resources))
    if unknown := [name for name in types if schema(name, region) is None]:
        raise format_error(f"Unrecognized resource types: [{', '.join(unknown)}]")
    if missing := [name for name in types if name not in known_types]:
        raise not_supported(f"the resource types [{', '.join(missing)}]")


def _check_snapshots(resources: Iterable[ResourceDeclaration]) -> None:
    for resource in resources:
        policies = (resource.deletion_policy, resource.update_replace_policy)
        if DeletionPolicy.SNAPSHOT in policies and resource.type_name not in _SNAPSHOT_TYPES:
            raise template_error(
                f"resource type {resource.type_name} does not support deletion policy Snapshot"
            )


def _check_secure_references(template: Template) -> None:
    misplaced = [
        path
        for resource in template.resources.values()
        for path in dynamic_references.misplaced_secure(resource.type_name, resource.properties)
    ]
    if misplaced:
        raise AwsError(
            "ValidationError", f"SSM Secure reference is not supported in: [{','.join(misplaced)}]"
        )


def check_properties(
    logical_id: str, type_name: str, properties: Mapping[str, Any], region: str
) -> None:
    """Refuse resolved, coerced properties that do not fit the type's schema.

    Raises:
        AwsError: ``ValidationError``; its message is the resource's status reason, as
            CloudFormation words it (``Properties validation failed for resource ...``).
    """
    known = _schema(type_name, region)
    lines = [
        f"#: extraneous key [{name}] is not permitted"
        for name in properties
        if (name,) in known.read_only and name not in known.required
    ]
    lines += conformity.violations(properties, known.document, known.document)
    if lines:
        message = "\n".join(lines)
        raise AwsError(
            "ValidationError",
            f"Properties validation failed for resource {logical_id} with message:\n{message}",
        )


def coerce(properties: Mapping[str, Any], type_name: str, region: str) -> dict[str, Any]:
    """Resolved properties in the schema's types: "80" and 80, "true" and true are one.

    A value that cannot be turned into its type stays as it is, for `check_properties` to name.
    """
    document = _schema(type_name, region).document
    return dict(coercion.coerced(properties, document, document))


def _schema(type_name: str, region: str) -> ResourceSchema:
    known = schema(type_name, region)
    if known is None:
        raise format_error(f"Unrecognized resource types: [{type_name}]")
    return known


def capabilities(template: Template) -> frozenset[str]:
    """What must be acknowledged: nothing, CAPABILITY_IAM, or CAPABILITY_NAMED_IAM, which covers it.

    ``Capabilities`` as ValidateTemplate and GetTemplateSummary answer it.
    """
    resources = [r for r in template.resources.values() if r.type_name in _IAM_NAMES]
    if any(_IAM_NAMES[resource.type_name] in resource.properties for resource in resources):
        return frozenset({"CAPABILITY_NAMED_IAM"})
    return frozenset({"CAPABILITY_IAM"} if resources else ())


def capabilities_reason(template: Template) -> str | None:
    """``CapabilitiesReason``: which types need the capability; None when none do."""
    names = (resource.type_name for resource in template.resources.values())
    types = list(dict.fromkeys(name for name in names if name in _IAM_NAMES))
    if not types:
        return None
    return f"The following resource(s) require capabilities: [{', '.join(types)}]"


def check_capabilities(template: Template, acknowledged: Collection[str]) -> None:
    """Refuse a stack whose caller has not acknowledged what its template does.

    Raises:
        AwsError: ``InsufficientCapabilitiesException``.
    """
    for capability in capabilities(template):
        if not {capability, "CAPABILITY_NAMED_IAM"}.intersection(acknowledged):
            raise AwsError(
                "InsufficientCapabilitiesException", f"Requires capabilities : [{capability}]"
            )
