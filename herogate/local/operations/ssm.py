"""SSM's parameters: the refusals of names, sizes and keys that moto lacks; secrets stay secret."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Any

from herogate.local import keys
from herogate.local.constraints import check
from herogate.local.errors import AwsError
from herogate.local.moto_bridge import parameters
from herogate.local.operations import Call, Reply, Result, operation
from herogate.local.sealed_parameters import DEFAULT_KEY, sealed

_SEALED = "SecureString"
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
    return await _put(call)


@operation("ssm", "GetParameter")
async def get_parameter(call: Call) -> Reply | Result:
    reply = await call.proceed()
    if not reply.ok:
        return reply
    if call.parameters.get("WithDecryption"):
        await _check_keys(call, [reply.result["Parameter"]])
        return reply
    return {**reply.result, "Parameter": _encrypted(reply.result["Parameter"])}


@operation("ssm", "GetParameterHistory")
@operation("ssm", "GetParameters")
@operation("ssm", "GetParametersByPath")
async def get_parameters(call: Call) -> Reply | Result:
    check(call)
    reply = await call.proceed()
    if not reply.ok:
        return reply
    if call.parameters.get("WithDecryption"):
        await _check_keys(call, reply.result["Parameters"])
        return reply
    return {**reply.result, "Parameters": list(map(_encrypted, reply.result["Parameters"]))}


async def _put(call: Call) -> Reply:
    """A secret is put under the key that is named with it; moto would take that of the one before."""
    name = call.parameters["Name"]
    put_before = await call.cloud.moto.run(lambda: parameters.type_of(call.region, name))
    if call.parameters.get("Type", put_before) != _SEALED:
        return await call.proceed()
    named = call.parameters.get("KeyId", DEFAULT_KEY)
    key_arn = None if named == DEFAULT_KEY else await _usable_key(call, named)
    reply = await call.proceed(KeyId=named)
    if reply.ok and key_arn is not None:
        version = reply.result["Version"]
        await call.cloud.moto.run(lambda: parameters.put_under(call.region, name, version, key_arn))
    return reply


async def _usable_key(call: Call, named: str) -> str:
    """The ARN of a key that encrypts and decrypts now. Raises `AwsError` with what KMS says of it."""
    try:
        key = await keys.find(call.cloud, call.region, named)
        key.check_usable()
    except AwsError as error:
        said = f"Service: AWSKMS; Status Code: {error.status}; Error Code: {error.code}"
        raise AwsError("InvalidKeyId", f"{error.message} ({said})") from None
    return key.arn


async def _check_keys(call: Call, answered: Sequence[Mapping[str, Any]]) -> None:
    """Refuse to decrypt what is under a key that cannot be used."""
    found = await sealed(call.cloud, call.region, answered)
    for key_arn in {each.key_arn for each in found}:
        await _usable_key(call, key_arn)


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
    if parameter["Type"] != _SEALED:
        return parameter
    sealed = hashlib.sha512(f"{parameter['Name']}:{parameter['Value']}".encode()).digest()
    return {**parameter, "Value": base64.b64encode(sealed).decode()}


def _invalid(message: str) -> AwsError:
    return AwsError("ValidationException", message)
