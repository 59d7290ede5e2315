"""Templates: what CloudFormation makes of one, and which one a stack has."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from herogate.local.errors import AwsError, not_supported
from herogate.local.operations import Call, Result, operation
from herogate.local.operations.cloudformation import reading, shapes
from herogate.local.operations.cloudformation.stacks import seen
from herogate.local.planes.cloudformation.checks import validation
from herogate.local.planes.cloudformation.records.stack import Stack
from herogate.local.planes.cloudformation.templates import template as templates
from herogate.local.planes.cloudformation.templates.template import ParameterDeclaration, Template


@operation("cloudformation", "GetTemplate")
async def get_template(call: Call) -> Result:
    plane = call.cloud.cloudformation
    if "ChangeSetName" in call.parameters:
        name, stack_name = call.parameters["ChangeSetName"], call.parameters.get("StackName")
        digest = plane.change_sets.named(call.region, name, stack_name).configuration.template
    else:
        digest = _digest(seen(call))
    return {
        "TemplateBody": plane.records.template(digest).body,
        "StagesAvailable": ["Original", "Processed"],
    }


@operation("cloudformation", "ValidateTemplate")
async def validate_template(call: Call) -> Result:
    template = await asyncio.to_thread(_checked, call)
    return shapes.present(
        {
            "Parameters": [_parameter(p) for p in template.parameters.values()],
            "Description": template.description,
            **_capabilities(template),
        }
    )


@operation("cloudformation", "GetTemplateSummary")
async def get_template_summary(call: Call) -> Result:
    given = call.parameters
    if "StackSetName" in given:
        raise not_supported("stack sets")
    if "StackName" in given:
        records = call.cloud.cloudformation.records
        template = records.template(_digest(seen(call)))
    else:
        template = await asyncio.to_thread(_checked, call)
    types = dict.fromkeys(r.type_name for r in template.resources.values())
    metadata = json.dumps(template.metadata) if template.metadata else None
    return shapes.present(
        {
            "Parameters": [_summarised(p) for p in template.parameters.values()],
            "Description": template.description,
            **_capabilities(template),
            "ResourceTypes": list(types),
            "Version": "2010-09-09",
            "Metadata": metadata,
            "DeclaredTransforms": [],
        }
    )


def _digest(stack: Stack) -> str:
    digest = stack.configuration.template
    if not digest:
        raise AwsError("ValidationError", f"Stack with id {stack.name} does not have a template")
    return digest


def _checked(call: Call) -> Template:
    template = templates.parse(reading.template_body(call))
    validation.check(template, call.region, call.cloud.cloudformation.handlers.keys())
    return template


def _capabilities(template: Template) -> dict[str, Any]:
    needed = sorted(validation.capabilities(template))
    return {
        "Capabilities": needed or None,
        "CapabilitiesReason": validation.capabilities_reason(template),
    }


def _parameter(declared: ParameterDeclaration) -> dict[str, Any]:
    return shapes.present(
        {
            "ParameterKey": declared.name,
            "DefaultValue": declared.default,
            "NoEcho": declared.no_echo,
            "Description": declared.description,
        }
    )


def _summarised(declared: ParameterDeclaration) -> dict[str, Any]:
    allowed = declared.allowed_values
    return {
        **_parameter(declared),
        "ParameterType": declared.type_name,
        "ParameterConstraints": {} if allowed is None else {"AllowedValues": list(allowed)},
    }
