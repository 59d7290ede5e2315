"""The values of a container's secrets, fetched as the task's execution role."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from herogate.local.errors import AwsError
from herogate.local.identity import Caller

if TYPE_CHECKING:
    from herogate.local.cloud import Cloud

_PARAMETERS_PER_CALL = 10


class Unobtainable(Exception):
    """A secret that cannot be fetched; the message says it as ECS's agent does."""


@dataclass(frozen=True, kw_only=True)
class Reference:
    """Where a secret's value is.

    Attributes:
        written: as the task definition has it.
        service: ``ssm`` or ``secretsmanager``.
        name: a parameter's name, or a secret's ARN.
        key: of a JSON object in the secret; empty for the whole.
        version: ``VersionStage`` or ``VersionId`` of a secret.
    """

    written: str
    service: str
    region: str
    name: str
    key: str = ""
    version: tuple[tuple[str, str], ...] = ()

    @classmethod
    def read(cls, written: str, region: str) -> Reference:
        """Of a ``valueFrom``: a parameter's name or ARN, or a secret's ARN with what may follow it."""
        if not written.startswith("arn:"):
            return cls(written=written, service="ssm", region=region, name=written)
        fields = written.split(":")
        if fields[2] == "ssm":
            name = written.partition(":parameter")[2]
            return cls(written=written, service="ssm", region=fields[3], name=name)
        key, stage, version = [*fields[7:], "", "", ""][:3]
        versions = (("VersionStage", stage), ("VersionId", version))
        return cls(
            written=written,
            service="secretsmanager",
            region=fields[3],
            name=":".join(fields[:7]),
            key=key,
            version=tuple((name, value) for name, value in versions if value),
        )


async def fetch(
    cloud: Cloud, secrets: Iterable[str], *, region: str, role: Caller
) -> Mapping[str, str]:
    """The values, by what task definitions call them.

    Args:
        secrets: each a ``valueFrom``.
        region: where parameters are that are given by name.

    Raises:
        Unobtainable: one of them is not there, or not for this role.
    """
    references = [Reference.read(written, region) for written in dict.fromkeys(secrets)]
    parameters = [each for each in references if each.service == "ssm"]
    values = await _parameters(cloud, parameters, role)
    for reference in references:
        if reference.service == "secretsmanager":
            values[reference.written] = await _secret(cloud, reference, role)
    return values


async def _parameters(
    cloud: Cloud, references: Sequence[Reference], role: Caller
) -> dict[str, str]:
    values: dict[str, str] = {}
    for region in {reference.region for reference in references}:
        here = [reference for reference in references if reference.region == region]
        names = sorted({name for reference in here for name in _names(reference)})
        found: dict[str, str] = {}
        for first in range(0, len(names), _PARAMETERS_PER_CALL):
            some = names[first : first + _PARAMETERS_PER_CALL]
            found |= await _ask_for_parameters(cloud, some, region, role)
        for reference in here:
            held = [found[name] for name in _names(reference) if name in found]
            if not held:
                raise Unobtainable(
                    "unable to retrieve secrets from ssm: service call has been retried 1 time(s): "
                    f"invalid ssm parameters: {reference.written}"
                )
            values[reference.written] = held[0]
    return values


def _names(reference: Reference) -> tuple[str, ...]:
    """An ARN does not tell ``/name`` from ``name``."""
    bare = reference.name.removeprefix("/")
    if reference.written == reference.name or "/" in bare:
        return (reference.name,)
    return reference.name, bare


async def _ask_for_parameters(
    cloud: Cloud, names: Sequence[str], region: str, role: Caller
) -> dict[str, str]:
    asked: dict[str, Any] = {"Names": list(names), "WithDecryption": True}
    try:
        answer = await cloud.calls.ask("ssm", "GetParameters", asked, region=region, caller=role)
    except AwsError as error:
        raise Unobtainable(
            "unable to retrieve secrets from ssm: service call has been retried 1 time(s): "
            f"{error.code}: {error.message}"
        ) from error
    return {parameter["Name"]: parameter["Value"] for parameter in answer["Parameters"]}


async def _secret(cloud: Cloud, reference: Reference, role: Caller) -> str:
    asked = {"SecretId": reference.name, **dict(reference.version)}
    try:
        answer = await cloud.calls.ask(
            "secretsmanager", "GetSecretValue", asked, region=reference.region, caller=role
        )
    except AwsError as error:
        raise Unobtainable(
            "unable to retrieve secret from asm: service call has been retried 1 time(s): failed to "
            f"fetch secret {reference.name} from secrets manager: {error.code}: {error.message}"
        ) from error
    value = str(answer.get("SecretString", ""))
    return _member(value, reference) if reference.key else value


def _member(value: str, reference: Reference) -> str:
    try:
        document = json.loads(value)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise Unobtainable(
            "unable to retrieve secret from asm: the JSON in the secret is not an object: "
            f"{reference.name}"
        )
    if reference.key not in document:
        raise Unobtainable(
            "unable to retrieve secret from asm: retrieved secret from Secrets Manager did not "
            f"contain json key {reference.key}"
        )
    found = document[reference.key]
    return found if isinstance(found, str) else json.dumps(found)
