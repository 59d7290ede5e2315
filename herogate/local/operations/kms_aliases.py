"""KMS's aliases, and what there is of keys and aliases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from herogate.local import keys
from herogate.local.constraints import check
from herogate.local.errors import AwsError
from herogate.local.keys import KeyState
from herogate.local.moto_bridge.keys import MANAGED, forget_deleted, managed
from herogate.local.operations import Call, Reply, Result, operation

_PAGE = 100


@operation("kms", "CreateAlias")
@operation("kms", "UpdateAlias")
async def set_alias(call: Call) -> Reply:
    _check_name(call)
    target = call.parameters["TargetKeyId"]
    if target.startswith("alias/") or ":alias/" in target:
        raise AwsError("ValidationException", "Aliases must refer to keys. Not aliases")
    key = await keys.find(call.cloud, call.region, target)
    if key.state is KeyState.PENDING_DELETION:
        raise key.refusal()
    return await call.proceed(TargetKeyId=key.key_id)


@operation("kms", "DeleteAlias")
async def delete_alias(call: Call) -> Reply:
    _check_name(call)
    return await call.proceed()


@operation("kms", "ListAliases")
async def list_aliases(call: Call) -> Result:
    """Aliases of AWS's own are told without a key, as before their first use: moto would invent one."""
    check(call)
    await call.cloud.moto.run(lambda: forget_deleted(call.region))
    named = call.parameters.get("KeyId")
    wanted = (await keys.find(call.cloud, call.region, named)).key_id if named else None
    shown = [
        _without_key(alias) if alias["AliasName"].startswith(MANAGED) else alias
        for alias in (await call.proceed()).granted()["Aliases"]
        if wanted in {None, alias["TargetKeyId"]}
    ]
    return _page(call, "Aliases", shown, "AliasName")


@operation("kms", "ListKeys")
async def list_keys(call: Call) -> Result:
    """The account's own; of AWS's nothing is told, as of their aliases."""
    check(call)
    await call.cloud.moto.run(lambda: forget_deleted(call.region))
    hidden = await call.cloud.moto.run(lambda: managed(call.region))
    found = (await call.proceed()).granted()["Keys"]
    return _page(call, "Keys", [key for key in found if key["KeyId"] not in hidden], "KeyId")


def _check_name(call: Call) -> None:
    check(call)
    name = call.parameters["AliasName"]
    if name.startswith(MANAGED):
        raise AwsError("NotAuthorizedException", f"{name} is an alias of AWS's own.")


def _without_key(alias: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: value for name, value in alias.items() if name != "TargetKeyId"}


def _page(call: Call, what: str, found: Sequence[Mapping[str, Any]], name: str) -> Result:
    """The next of what there is, by name; moto would give all at once."""
    after = call.parameters.get("Marker", "")
    rest = sorted((each for each in found if each[name] > after), key=lambda each: str(each[name]))
    shown = rest[: call.parameters.get("Limit", _PAGE)]
    if len(shown) == len(rest):
        return {what: shown, "Truncated": False}
    return {what: shown, "Truncated": True, "NextMarker": shown[-1][name]}
