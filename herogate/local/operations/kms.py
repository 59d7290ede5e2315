"""KMS's keys for symmetric encryption: moto keeps them; what their state forbids is refused here.

Other kinds of keys are refused by name: moto would encrypt with all of them as with these.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from herogate.local import keys
from herogate.local.authorization import key_policies, principals
from herogate.local.constraints import check
from herogate.local.errors import AwsError, not_supported
from herogate.local.keys import Key, KeyState
from herogate.local.moto_bridge.keys import MANAGED, forget_deleted
from herogate.local.operations import Call, Reply, Result, operation
from herogate.local.operations.iam import missing_principal

_PLAIN: Mapping[str, Any] = {
    "CustomKeyStoreId": None,
    "CustomerMasterKeySpec": "SYMMETRIC_DEFAULT",
    "KeySpec": "SYMMETRIC_DEFAULT",
    "KeyUsage": "ENCRYPT_DECRYPT",
    "MultiRegion": False,
    "Origin": "AWS_KMS",
    "XksKeyId": None,
}
"""What CreateKey can be given here, if it is given it."""

_ROTATION_DAYS = 365
_SHORTEST_WINDOW_DAYS, _LONGEST_WINDOW_DAYS = 7, 30
_DEFAULT_WINDOW_DAYS = _LONGEST_WINDOW_DAYS
_ARN = re.compile(r"arn:aws:kms:(?P<region>[^:]*):(?P<account>[^:]*):(?P<name>.*)")


@operation("kms", "CreateKey")
async def create_key(call: Call) -> Reply:
    check(call)
    asked = call.parameters
    for name, plain in _PLAIN.items():
        if asked.get(name, plain) != plain:
            raise not_supported(f"KMS keys with {name} {asked[name]}")
    _check_tags(asked)
    if "Policy" in asked:
        await _check_policy(call)
    return await call.proceed(
        KeyUsage="ENCRYPT_DECRYPT", KeySpec="SYMMETRIC_DEFAULT", MultiRegion=False
    )


@operation("kms", "DescribeKey")
async def describe_key(call: Call) -> Reply:
    check(call)
    name = call.parameters["KeyId"]
    place = _ARN.fullmatch(name)
    if place is not None:
        if place["region"] != call.region:
            raise AwsError("NotFoundException", f"Invalid arn {place['region']}")
        if place["account"] != call.cloud.account_id:
            raise AwsError("NotFoundException", f"Key '{name}' does not exist")
    if (place["name"] if place else name).startswith(MANAGED):
        raise not_supported(f"the keys that AWS manages ({name})")
    await call.cloud.moto.run(lambda: forget_deleted(call.region))
    return await call.proceed()


@operation("kms", "DisableKey")
@operation("kms", "EnableKey")
@operation("kms", "TagResource")
@operation("kms", "UntagResource")
@operation("kms", "UpdateKeyDescription")
async def change_key(call: Call) -> Reply:
    check(call)
    _check_tags(call.parameters)
    return await _proceed_with(call, await _changeable(call))


@operation("kms", "ListResourceTags")
@operation("kms", "ListKeyPolicies")
async def show_key(call: Call) -> Reply:
    check(call)
    return await _proceed_with(call, await _named(call))


@operation("kms", "EnableKeyRotation")
@operation("kms", "DisableKeyRotation")
async def rotate(call: Call) -> Reply:
    check(call)
    if call.parameters.get("RotationPeriodInDays", _ROTATION_DAYS) != _ROTATION_DAYS:
        raise not_supported(f"a rotation of keys in other periods than {_ROTATION_DAYS} days")
    return await _proceed_with(call, await _usable(call))


@operation("kms", "GetKeyRotationStatus")
async def get_key_rotation_status(call: Call) -> Result:
    """Of a key that is about to be deleted no material is made any more."""
    check(call)
    key = await _named(call)
    shown = (await _proceed_with(call, key)).granted()
    enabled = shown["KeyRotationEnabled"] and key.state is not KeyState.PENDING_DELETION
    answer = {"KeyId": key.arn, "KeyRotationEnabled": enabled}
    return {**answer, "RotationPeriodInDays": _ROTATION_DAYS} if enabled else answer


@operation("kms", "PutKeyPolicy")
async def put_key_policy(call: Call) -> Reply:
    check(call)
    key = await _named(call)
    await _check_policy(call)
    return await _proceed_with(call, key, PolicyName="default")


@operation("kms", "GetKeyPolicy")
async def get_key_policy(call: Call) -> Result:
    check(call)
    key = await _named(call)
    named = call.parameters.get("PolicyName", "default")
    found = (await _proceed_with(call, key, PolicyName=named)).granted()
    return {"Policy": found["Policy"], "PolicyName": named}


@operation("kms", "ScheduleKeyDeletion")
async def schedule_key_deletion(call: Call) -> Result:
    check(call)
    days = call.parameters.get("PendingWindowInDays", _DEFAULT_WINDOW_DAYS)
    if not _SHORTEST_WINDOW_DAYS <= days <= _LONGEST_WINDOW_DAYS:
        limit = (
            f"greater than or equal to {_SHORTEST_WINDOW_DAYS}"
            if days < _SHORTEST_WINDOW_DAYS
            else f"less than or equal to {_LONGEST_WINDOW_DAYS}"
        )
        raise AwsError(
            "ValidationException",
            f"1 validation error detected: Value '{days}' at 'pendingWindowInDays' failed to "
            f"satisfy constraint: Member must have value {limit}",
        )
    key = await _changeable(call)
    scheduled = (await _proceed_with(call, key, PendingWindowInDays=days)).granted()
    return {
        "KeyId": key.arn,
        "DeletionDate": scheduled["DeletionDate"],
        "KeyState": KeyState.PENDING_DELETION,
        "PendingWindowInDays": days,
    }


@operation("kms", "CancelKeyDeletion")
async def cancel_key_deletion(call: Call) -> Result:
    check(call)
    key = await _named(call)
    if key.state is not KeyState.PENDING_DELETION:
        raise AwsError("KMSInvalidStateException", f"{key.arn} is not pending deletion.")
    (await _proceed_with(call, key)).granted()
    return {"KeyId": key.arn}


async def _named(call: Call) -> Key:
    """The key that a call names by its id or ARN. Raises `AwsError`."""
    name = str(call.parameters["KeyId"])
    if name.startswith("alias/") or ":alias/" in name:
        raise AwsError("NotFoundException", f"Invalid keyId {name}")
    return await keys.find(call.cloud, call.region, name)


async def _changeable(call: Call) -> Key:
    """`_named`, if it is not about to be deleted."""
    key = await _named(call)
    if key.state is KeyState.PENDING_DELETION:
        raise key.refusal()
    return key


async def _usable(call: Call) -> Key:
    """`_named`, if it is enabled."""
    key = await _named(call)
    key.check_usable()
    return key


async def _proceed_with(call: Call, key: Key, **parameters: Any) -> Reply:
    """Moto knows no key by its ARN where it changes its state."""
    return await call.proceed(KeyId=key.key_id, **parameters)


async def _check_policy(call: Call) -> None:
    """A key's policy names who is there, and whoever gives it can take it back."""
    policy = key_policies.read(call.parameters["Policy"])
    if await missing_principal(call, policy) is not None:
        raise key_policies.malformed(
            "Policy contains a statement with one or more invalid principals."
        )
    keeps = principals.admits(policy, call.caller.arn, "kms:PutKeyPolicy", {})
    if not keeps and not call.parameters.get("BypassPolicyLockoutSafetyCheck"):
        raise key_policies.malformed(
            "The new key policy will not allow you to update the key policy in the future."
        )


def _check_tags(asked: Mapping[str, Any]) -> None:
    named = [tag["TagKey"] for tag in asked.get("Tags", [])] + list(asked.get("TagKeys", []))
    if any(name.lower().startswith("aws:") for name in named):
        raise AwsError("TagException", "Tags with a key that begins with aws: are AWS's own.")
