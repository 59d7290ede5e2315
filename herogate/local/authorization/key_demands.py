"""What is demanded of KMS's keys: by calls of KMS, and by SSM and S3, which use them for callers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from herogate.local.authorization.asked import Asked
from herogate.local.authorization.conditions import Context
from herogate.local.authorization.policies import Demand

_NAMING = ("KeyId", "TargetKeyId")
"""The parameters of KMS's operations that name a key."""

_CONTEXT = "kms:encryptioncontext"
_SEALING = {"Standard": ("kms:Encrypt",), "Advanced": ("kms:GenerateDataKey", "kms:Encrypt")}
"""What SSM does with the key of a secret that is put, by the parameter's tier."""

_OF_OBJECTS: Mapping[str, tuple[str, ...]] = {
    "CopyObject": ("kms:GenerateDataKey",),
    "CreateMultipartUpload": ("kms:GenerateDataKey", "kms:Decrypt"),
    "GetObject": ("kms:Decrypt",),
    "PutObject": ("kms:GenerateDataKey",),
}
"""What S3 does with the key of an object. What an upload in parts is made of, it decrypts once more."""


async def with_keys(asked: Asked) -> Asked:
    """A call of KMS with its keys by their ARNs, which is what IAM goes by."""
    named = {
        name: await asked.key_arn(str(asked.parameters[name])) or asked.parameters[name]
        for name in _NAMING
        if name in asked.parameters
    }
    return replace(asked, parameters={**asked.parameters, **named})


def encryption_context(pairs: Mapping[str, Any]) -> Context:
    """An encryption context as the condition keys that it is."""
    known = {f"{_CONTEXT}:{name.lower()}": [str(value)] for name, value in pairs.items()}
    return {**known, f"{_CONTEXT}keys": list(pairs)} if pairs else {}


async def of_keys(asked: Asked, context: Context) -> list[Demand]:
    """All that a call demands of keys beside its own action."""
    if asked.service == "kms":
        return await _of_aliases(asked, context)
    if asked.name == ("ssm", "PutParameter"):
        return await _of_putting(asked, context)
    if asked.service == "ssm" and asked.parameters.get("WithDecryption"):
        found = await asked.sealed(asked.operation, asked.parameters)
        return [_through_ssm(asked, context, "kms:Decrypt", *each) for each in found]
    if asked.service == "s3" and asked.operation in _OF_OBJECTS and _names_object(asked.parameters):
        return await _of_object(asked, context)
    return []


def _names_object(parameters: Mapping[str, Any]) -> bool:
    return {"Bucket", "Key"} <= parameters.keys()


async def _of_object(asked: Asked, context: Context) -> list[Demand]:
    seal = await asked.object_seal(asked.operation, asked.parameters)
    if seal is None:
        return []
    arn, key = seal
    actions = _OF_OBJECTS[asked.operation]
    return [_through(asked, context, "s3", each, key, {"aws:s3:arn": arn}) for each in actions]


async def _of_aliases(asked: Asked, context: Context) -> list[Demand]:
    """To have an alias lead elsewhere takes the right to the keys that it leads to, before and after."""
    alias = asked.parameters.get("AliasName")
    if alias is None:
        return []
    target = asked.parameters.get("TargetKeyId")
    keys = [None if asked.operation == "CreateAlias" else await asked.key_arn(alias), target]
    return [
        Demand(action=f"kms:{asked.operation}", resource=key, context=context)
        for key in dict.fromkeys(keys)
        if key is not None
    ]


async def _of_putting(asked: Asked, context: Context) -> list[Demand]:
    parameters = asked.parameters
    if "KeyId" not in parameters or parameters.get("Type", "SecureString") != "SecureString":
        return []
    key = await asked.key_arn(parameters["KeyId"])
    if key is None:
        return []
    name = parameters["Name"].removeprefix("/")
    arn = f"arn:aws:ssm:{asked.region}:{asked.account}:parameter/{name}"
    actions = _SEALING.get(parameters.get("Tier", "Standard"), _SEALING["Advanced"])
    return [_through_ssm(asked, context, action, arn, key) for action in actions]


def _through_ssm(asked: Asked, context: Context, action: str, arn: str, key: str) -> Demand:
    return _through(asked, context, "ssm", action, key, {"PARAMETER_ARN": arn})


def _through(
    asked: Asked, context: Context, service: str, action: str, key: str, pairs: Mapping[str, Any]
) -> Demand:
    """What a service does with a key in the name of who calls it."""
    through = {"kms:viaservice": [f"{service}.{asked.region}.amazonaws.com"]}
    sealed = encryption_context(pairs)
    return Demand(action=action, resource=key, context={**context, **through, **sealed})
