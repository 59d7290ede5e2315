"""SSM's parameters: the refusals of names and sizes that moto lacks; secrets stay secret."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from typing import Any

from herogate.local.constraints import check
from herogate.local.errors import AwsError
from herogate.local.operations import Call, Reply, Result, operation

_NAME = re.compile(r"[A-Za-z0-9_.\-/]+")
_NESTED = re.compile(r"\{\{.*\}\}", re.DOTALL)
_LEVELS = 15
_STANDARD_CHARACTERS = 4096
_ADVANCED_CHARACTERS = 8192
_NAME_CHARACTERS = 1011
"""Of a parameter's name; its ARN has at most 2048 and the region takes the rest."""


@operation("ssm", "PutParameter")
async def put_parameter(call: Call) -> Reply | Result:
    check(call)
    _check_name(call.parameters["Name"])
    _check_value(call.parameters)
    if call.parameters.get("Tier") == "Intelligent-Tiering":
        big = len(call.parameters["Value"]) > _STANDARD_CHARACTERS
        tier = "Advanced" if big or "Policies" in call.parameters else "Standard"
        return await call.ask("ssm", "PutParameter", **{**call.parameters, "Tier": tier})
    return await call.proceed()


@operation("ssm", "GetParameter")
async def get_parameter(call: Call) -> Reply | Result:
    reply = await call.proceed()
    if not reply.ok or call.parameters.get("WithDecryption"):
        return reply
    return {**reply.result, "Parameter": _encrypted(reply.result["Parameter"])}


@operation("ssm", "GetParameterHistory")
@operation("ssm", "GetParameters")
@operation("ssm", "GetParametersByPath")
async def get_parameters(call: Call) -> Reply | Result:
    check(call)
    reply = await call.proceed()
    if not reply.ok or call.parameters.get("WithDecryption"):
        return reply
    return {**reply.result, "Parameters": list(map(_encrypted, reply.result["Parameters"]))}


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise _invalid(
            'Parameter name: can\'t be prefixed with "ssm" (case-insensitive). If formed as a path, '
            "it can consist of sub-paths divided by slash symbol; each sub-path can be formed as a "
            "mix of letters, numbers and the following 3 symbols .-_"
        )
    if "/" in name and not name.startswith("/"):
        raise _invalid("Parameter name must be a fully qualified name.")
    if len(name) > _NAME_CHARACTERS:
        raise _invalid(
            f"Parameter name: can't be longer than {_NAME_CHARACTERS} characters, "
            f"this one has {len(name)}"
        )
    if name.count("/") > _LEVELS:
        raise AwsError(
            "HierarchyLevelLimitExceededException",
            f"A hierarchy can have a maximum of {_LEVELS} levels.",
        )


def _check_value(asked: Mapping[str, Any]) -> None:
    size, tier = len(asked["Value"]), asked.get("Tier", "Standard")
    if tier == "Standard" and size > _STANDARD_CHARACTERS:
        raise _invalid(
            "Standard tier parameters support a maximum parameter value of "
            f"{_STANDARD_CHARACTERS} characters. To create a larger parameter value, upgrade the "
            "parameter to use the advanced-parameter tier. For more information, see "
            "https://docs.aws.amazon.com/systems-manager/latest/userguide/"
            "parameter-store-advanced-parameters.html"
        )
    if size > _ADVANCED_CHARACTERS:
        raise _invalid(
            "Advanced tier parameters support a maximum parameter value of "
            f"{_ADVANCED_CHARACTERS} characters."
        )
    if _NESTED.search(asked["Value"]):
        raise _invalid(
            'Parameter value can\'t nest another parameter. Do not use "{{}}" in the value.'
        )
    pattern = asked.get("AllowedPattern")
    if pattern and not re.search(pattern, asked["Value"]):
        raise AwsError(
            "ParameterPatternMismatchException",
            f"Parameter value, cannot be validated against allowedPattern: {pattern}",
        )


def _encrypted(parameter: Mapping[str, Any]) -> Mapping[str, Any]:
    """A secret as AWS shows it undecrypted. Moto would show its plain text behind a prefix."""
    if parameter["Type"] != "SecureString":
        return parameter
    sealed = hashlib.sha512(f"{parameter['Name']}:{parameter['Value']}".encode()).digest()
    return {**parameter, "Value": base64.b64encode(sealed).decode()}


def _invalid(message: str) -> AwsError:
    return AwsError("ValidationException", message)
