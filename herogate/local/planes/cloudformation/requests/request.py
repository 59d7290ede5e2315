"""What a caller wants a stack to be, and the configuration that comes of it.

Everything CloudFormation refuses before it touches a resource is refused here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from herogate.local.errors import AwsError, not_supported
from herogate.local.identity import Credentials
from herogate.local.planes.cloudformation.checks import schemas, validation
from herogate.local.planes.cloudformation.course.surroundings import Surroundings
from herogate.local.planes.cloudformation.records.records import Records
from herogate.local.planes.cloudformation.records.stack import Configuration, OnFailure, Stack
from herogate.local.planes.cloudformation.templates import (
    dependencies,
    parameters,
    template as templates,
)
from herogate.local.planes.cloudformation.templates.template import (
    DeletionPolicy,
    ResourceDeclaration,
    Template,
)
from herogate.local.resources import Handler

_STACK_NAME = re.compile(r"[a-zA-Z][-a-zA-Z0-9]*")
_STACK_NAME_LIMIT = 128
_TAG_LIMIT = 50


@dataclass(frozen=True, kw_only=True)
class StackRequest:
    """CreateStack, UpdateStack and CreateChangeSet, as far as they are the same.

    Attributes:
        name: the stack's name, or the id of one that exists.
        body: the template's text; None to keep the stack's own.
        parameters: values by name; None stands for the stack's present value.
        tags: None to keep the stack's own; likewise `notification_arns`, `role_arn`, `policy`.
    """

    name: str
    region: str
    credentials: Credentials
    body: str | None
    parameters: Mapping[str, str | None] = field(default_factory=dict)
    tags: Mapping[str, str] | None = None
    capabilities: tuple[str, ...] = ()
    notification_arns: tuple[str, ...] | None = None
    role_arn: str | None = None
    policy: str | None = None
    client_token: str | None = None
    on_failure: OnFailure = OnFailure.ROLLBACK
    timeout_minutes: int | None = None
    express: bool = False
    retain_except_on_create: bool = False
    termination_protection: bool = False


def check_name(name: str) -> None:
    """Refuse what cannot be a stack's name.

    Raises:
        AwsError: ``ValidationError``.
    """
    failure = None
    if not _STACK_NAME.fullmatch(name):
        failure = f"satisfy regular expression pattern: {_STACK_NAME.pattern}"
    elif len(name) > _STACK_NAME_LIMIT:
        failure = f"have length less than or equal to {_STACK_NAME_LIMIT}"
    if failure is not None:
        raise AwsError(
            "ValidationError",
            f"1 validation error detected: Value '{name}' at 'stackName' failed to satisfy "
            f"constraint: Member must {failure}",
        )


def configuration(
    request: StackRequest,
    stack: Stack,
    records: Records,
    handlers: Mapping[str, Handler],
    around: Surroundings,
) -> Configuration:
    """The configuration that a request asks for.

    Args:
        stack: the one to be changed; for a new one, as yet without a template.

    Raises:
        AwsError: in CloudFormation's words.
    """
    present = stack.configuration
    if request.body is None:
        template = records.template(present.template)
    else:
        template = templates.parse(request.body)
        validation.check(template, request.region, handlers.keys())
    validation.check_capabilities(template, request.capabilities)
    tags = dict(present.tags) if request.tags is None else dict(request.tags)
    _check_tags(tags)
    result = Configuration(
        template=records.keep_template(template.body),
        description=template.description,
        parameters=parameters.resolve(template, _given(request, present), around.parameter),
        tags=tags,
        capabilities=request.capabilities,
        notification_arns=(
            present.notification_arns
            if request.notification_arns is None
            else request.notification_arns
        ),
    )
    _check_resources(template, result, stack, handlers, around)
    return result


def _given(request: StackRequest, present: Configuration) -> dict[str, str]:
    given = {}
    for name, value in request.parameters.items():
        if value is None and name not in present.parameters:
            raise AwsError(
                "ValidationError",
                f"Invalid input for parameter key {name}. Cannot specify usePreviousValue as true "
                "for a parameter key not in the previous template",
            )
        given[name] = present.parameters[name].text if value is None else value
    return given


def _check_tags(tags: Mapping[str, str]) -> None:
    if len(tags) > _TAG_LIMIT:
        raise AwsError("ValidationError", f"Number of tags exceeds the limit of {_TAG_LIMIT}")
    for key in tags:
        if key.lower().startswith("aws:"):
            raise AwsError(
                "ValidationError",
                "aws: prefixed tag key names are not allowed for external use.",
            )


def _check_resources(
    template: Template,
    configuration: Configuration,
    stack: Stack,
    handlers: Mapping[str, Handler],
    around: Surroundings,
) -> None:
    """Refuse by name what the local cloud would not do with the active resources."""
    scope = around.scope(stack, configuration, template, _unasked, _unasked)
    for logical_id in dependencies.active(template, scope.conditions):
        declaration = template.resources[logical_id]
        policies = {declaration.deletion_policy, declaration.update_replace_policy}
        if DeletionPolicy.SNAPSHOT in policies:
            raise AwsError(
                "ValidationError",
                "Template error: Snapshot is not a valid DeletionPolicy or UpdateReplacePolicy for "
                f"resource {logical_id} of type {declaration.type_name}",
            )
        _check_supported(declaration, handlers[declaration.type_name], stack.region)


def _unasked(logical_id: str, *_: str) -> str:
    raise KeyError(logical_id)


def _check_supported(declaration: ResourceDeclaration, handler: Handler, region: str) -> None:
    """Properties that AWS has and the handler does not are refused before anything is made.

    Those that AWS does not have either fail the resource, as on AWS.
    """
    schema = schemas.schema(declaration.type_name, region)
    known = declaration.properties.keys() if schema is None else schema.properties
    for name in declaration.properties:
        if name in known and name not in handler.supported:
            raise not_supported(f"the property {name} of {declaration.type_name}")
