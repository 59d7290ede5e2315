"""Says whether a role may do what is demanded in its name, and has it written down."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

from herogate.local import denials, keys, sealed_objects
from herogate.local.authorization.asked import Asked
from herogate.local.authorization.demands import demands
from herogate.local.authorization.policies import Demand, Granted, Policy
from herogate.local.authorization.record import AccessRecord
from herogate.local.denials import Denied
from herogate.local.errors import AwsError, not_supported
from herogate.local.moto_bridge import hooks, wire
from herogate.local.sealed_parameters import sealed

if TYPE_CHECKING:
    from herogate.local.cloud import Cloud

_SESSION = ":assumed-role/"
_BY_TAG = "aws:resourcetag/"


class Authority:
    """Asked before anything is done in a role's name. Whoever is no role may do everything."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._record = AccessRecord(cloud.directory.access_record)

    async def check(
        self, caller: str, service: str, operation: str, parameters: Mapping[str, Any], region: str
    ) -> None:
        """Refuse a call of an API that the caller may not make.

        Args:
            caller: the ARN of who calls.

        Raises:
            AwsError: access is denied, in the words of the service that was called.
        """
        if _SESSION not in caller:
            return
        asked = Asked(
            service=service,
            operation=operation,
            parameters=parameters,
            region=region,
            account=self._cloud.account_id,
            partition_key=partial(self._partition_key, region),
            definition=partial(self._definition, region),
            key_arn=partial(self._key_arn, region),
            sealed=partial(self._sealed, region),
            object_seal=partial(self._object_seal, region),
        )
        for demand in await demands(asked):
            if not await self.allows(caller, demand):
                raise _refusal(service, caller, demand)

    async def require(self, caller: str, actions: Sequence[str], resource: str) -> None:
        """Refuse what is no API call to who may not do it.

        Raises:
            AwsError: ``AccessDeniedException``.
        """
        for action in actions:
            demand = Demand(action=action, resource=resource)
            if not await self.allows(caller, demand):
                raise AwsError("AccessDeniedException", _message(caller, demand))

    async def allows(self, caller: str, demand: Demand) -> bool:
        """Whether the caller may do it; written down, if it is a role."""
        if _SESSION not in caller:
            return True
        name = caller.split("/")[1]
        role_arn = f"arn:aws:iam::{self._cloud.account_id}:role/{name}"
        found = await self._cloud.moto.run(lambda: hooks.role_policies(name))
        granted = Granted(
            policies=tuple(map(_read, found.documents)),
            boundary=None if found.boundary is None else _read(found.boundary),
        )
        demand = replace(demand, context={**demand.context, "aws:principalarn": [role_arn]})
        if demand.resource is not None and granted.asks_for(demand.action, _BY_TAG):
            tags = await self._tags(demand.resource)
            demand = replace(demand, context={**demand.context, **tags})
        allowed = granted.allows(demand)
        self._record.grant(role_arn, granted)
        self._record.demand(role_arn, demand, allowed=allowed)
        return allowed

    async def _tags(self, arn: str) -> dict[str, list[str]]:
        """The tags of a thing as the condition keys that they are; none of what is not there."""
        _, _, service, region, *_ = arn.split(":")
        look = _TAGGED.get(service)
        if look is None:
            raise not_supported(f"aws:ResourceTag of {service} in a role's policies")
        name, operation, parameters = look
        try:
            answer = await self._look(name, operation, parameters(arn), region)
        except AwsError:
            return {}
        tags = (
            answer.get("tags")
            or answer.get("Tags")
            or [tag for each in answer.get("TagDescriptions", []) for tag in each["Tags"]]
        )
        pairs = (
            {key.lower().removeprefix("tag"): value for key, value in tag.items()} for tag in tags
        )
        return {f"{_BY_TAG}{pair['key'].lower()}": [pair["value"]] for pair in pairs}

    async def _partition_key(self, region: str, table: str) -> str | None:
        try:
            answer = await self._look("dynamodb", "DescribeTable", {"TableName": table}, region)
        except AwsError:
            return None
        keys = {each["KeyType"]: each["AttributeName"] for each in answer["Table"]["KeySchema"]}
        return str(keys["HASH"])

    async def _definition(self, region: str, name: str) -> Mapping[str, Any]:
        asked = {"taskDefinition": name}
        try:
            answer = await self._look("ecs", "DescribeTaskDefinition", asked, region)
        except AwsError:
            return {}
        found: Mapping[str, Any] = answer["taskDefinition"]
        return found

    async def _key_arn(self, region: str, key_id: str) -> str | None:
        try:
            return (await keys.find(self._cloud, region, key_id)).arn
        except AwsError:
            return None

    async def _sealed(
        self, region: str, operation: str, parameters: Mapping[str, Any]
    ) -> list[tuple[str, str]]:
        asked = {**parameters, "WithDecryption": False}
        try:
            answer = await self._look("ssm", operation, asked, region)
        except AwsError:
            return []
        found = answer["Parameters"] if "Parameters" in answer else [answer["Parameter"]]
        return [(each.arn, each.key_arn) for each in await sealed(self._cloud, region, found)]

    async def _object_seal(
        self, region: str, operation: str, parameters: Mapping[str, Any]
    ) -> tuple[str, str] | None:
        try:
            found = await sealed_objects.seal(self._cloud, region, operation, parameters)
        except AwsError:
            return None
        return None if found is None else (found.context_arn, found.key.arn)

    async def _look(
        self, service: str, operation: str, parameters: Mapping[str, Any], region: str
    ) -> Mapping[str, Any]:
        return await self._cloud.calls.ask(
            service, operation, parameters, region=region, caller=self._cloud.root
        )


def _filtered(arn: str) -> Mapping[str, Any]:
    """What EC2, which takes no ARNs, is asked for."""
    return {"Filters": [{"Name": "resource-id", "Values": [arn.rpartition("/")[2]]}]}


_TAGGED: Mapping[str, tuple[str, str, Callable[[str], Mapping[str, Any]]]] = {
    "acm": ("acm", "ListTagsForCertificate", lambda arn: {"CertificateArn": arn}),
    "ec2": ("ec2", "DescribeTags", _filtered),
    "ecs": ("ecs", "ListTagsForResource", lambda arn: {"resourceArn": arn}),
    "kms": ("kms", "ListResourceTags", lambda arn: {"KeyId": arn}),
    "elasticloadbalancing": ("elbv2", "DescribeTags", lambda arn: {"ResourceArns": [arn]}),
}
"""How each service is asked for the tags of a thing: botocore's name, operation, parameters."""


@lru_cache(maxsize=1024)
def _read(document: str) -> Policy:
    policy: Policy = json.loads(document)
    return policy


def _refusal(service: str, caller: str, demand: Demand) -> AwsError:
    denied = Denied("AccessDenied", _message(caller, demand), status=403)
    return denials.in_words_of(service, wire.spoken(service), denied)


def _message(caller: str, demand: Demand) -> str:
    about = "" if demand.resource is None else f" on resource: {demand.resource}"
    return (
        f"User: {caller} is not authorized to perform: {demand.action}{about} because no "
        f"identity-based policy allows the {demand.action} action"
    )
