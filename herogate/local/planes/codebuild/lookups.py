"""The values of a build's variables that refer to parameters and secrets, looked up as its role."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from herogate.local.errors import AwsError
from herogate.local.planes.codebuild.buildspec import Buildspec
from herogate.local.planes.codebuild.failures import PhaseFailure

if TYPE_CHECKING:
    from herogate.local.cloud import Cloud
    from herogate.local.identity import Caller


@dataclass(frozen=True, kw_only=True)
class Values:
    """Variables with their values, and the names of those that nobody is to read in a log."""

    by_name: Mapping[str, str]
    secret: frozenset[str]

    def secrets(self) -> Iterable[str]:
        """The values that are masked."""
        return (self.by_name[name] for name in self.secret)


@dataclass(frozen=True, kw_only=True)
class SecretReference:
    """``id[:json-key[:stage[:version]]]``; an id that is an ARN has colons of its own."""

    identifier: str
    json_key: str = ""
    stage: str = ""
    version: str = ""

    @classmethod
    def parse(cls, text: str) -> SecretReference:
        """Read a reference as CodeBuild does."""
        parts = text.split(":")
        own = 7 if text.startswith("arn:") else 1
        further = [*parts[own:], "", "", ""]
        return cls(
            identifier=":".join(parts[:own]),
            json_key=further[0],
            stage=further[1],
            version=further[2],
        )


async def look_up(
    cloud: Cloud,
    caller: Caller,
    region: str,
    buildspec: Buildspec,
    variables: Iterable[Mapping[str, str]],
) -> Values:
    """The values of the buildspec's references and the project's variables, which have precedence.

    Raises:
        PhaseFailure: one cannot be looked up.
    """
    asked = _Asked(cloud, caller, region)
    values: dict[str, str] = {}
    secret: set[str] = set()
    referring = [
        *((name, "PARAMETER_STORE", to) for name, to in buildspec.parameter_store.items()),
        *((name, "SECRETS_MANAGER", to) for name, to in buildspec.secrets_manager.items()),
        *((each["name"], each.get("type", "PLAINTEXT"), each["value"]) for each in variables),
    ]
    for name, kind, value in referring:
        if kind == "PLAINTEXT":
            values[name] = value
            secret.discard(name)
            continue
        values[name] = await asked.value(kind, value)
        secret.add(name)
    return Values(by_name=values, secret=frozenset(secret))


class _Asked:
    """SSM and Secrets Manager, asked by the build's role."""

    def __init__(self, cloud: Cloud, caller: Caller, region: str) -> None:
        self._cloud = cloud
        self._caller = caller
        self._region = region

    async def value(self, kind: str, reference: str) -> str:
        if kind == "PARAMETER_STORE":
            parameters = {"Name": reference, "WithDecryption": True}
            code = "Decrypted Variables Error"
            answer = await self._ask("ssm", "GetParameter", parameters, code)
            return str(answer["Parameter"]["Value"])
        return await self._secret(SecretReference.parse(reference))

    async def _secret(self, reference: SecretReference) -> str:
        parameters = {"SecretId": reference.identifier}
        if reference.stage:
            parameters["VersionStage"] = reference.stage
        if reference.version:
            parameters["VersionId"] = reference.version
        code = "Secrets Manager Error Message"
        answer = await self._ask("secretsmanager", "GetSecretValue", parameters, code)
        text = str(answer.get("SecretString", ""))
        if not reference.json_key:
            return text
        try:
            members = json.loads(text)
            return str(members[reference.json_key])
        except (ValueError, TypeError, KeyError, RecursionError):
            message = f"the secret {reference.identifier} has no key {reference.json_key}"
            raise PhaseFailure(code, message) from None

    async def _ask(
        self, service: str, operation: str, parameters: Mapping[str, Any], code: str
    ) -> Mapping[str, Any]:
        try:
            return await self._cloud.calls.ask(
                service, operation, parameters, region=self._region, caller=self._caller
            )
        except AwsError as error:
            raise PhaseFailure(code, f"{error.code}: {error.message}") from error
