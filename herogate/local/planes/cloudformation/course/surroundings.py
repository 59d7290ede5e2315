"""What a template can look at: its own stack's resources, other stacks' exports, stored parameters.

Makes the `Scope` in which intrinsic functions are resolved. Look-ups go through the services' APIs in
the caller's name.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from botocore.exceptions import ClientError

from herogate.local.errors import AwsError
from herogate.local.planes.cloudformation.records.stack import Configuration, Stack, StackResource
from herogate.local.planes.cloudformation.templates import intrinsics
from herogate.local.planes.cloudformation.templates.intrinsics import Scope
from herogate.local.planes.cloudformation.templates.template import Template

Client = Callable[[str], Any]


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """Everything outside of one stack that its template can ask for.

    Attributes:
        client: boto3 client by service name.
        exports: the exported values of the region by name.
    """

    client: Client
    account_id: str
    exports: Callable[[], Mapping[str, str]]

    def scope(
        self,
        stack: Stack,
        configuration: Configuration,
        template: Template,
        reference: Callable[[str], Any],
        attribute: Callable[[str, str], Any],
        import_value: Callable[[str], Any] | None = None,
    ) -> Scope:
        """Where the values of a stack's template are resolved, its conditions already evaluated."""
        scope = Scope(
            pseudo=intrinsics.pseudo_parameters(
                account_id=self.account_id,
                region=stack.region,
                stack_name=stack.name,
                stack_id=stack.stack_id,
                notification_arns=configuration.notification_arns,
            ),
            parameters={name: p.value for name, p in configuration.parameters.items()},
            mappings=template.mappings,
            reference=reference,
            attribute=attribute,
            import_value=import_value or self.imported,
            availability_zones=self._availability_zones,
            ssm=self._ssm,
            ssm_secure=self._ssm_secure,
            secret=self._secret,
        )
        return _with_conditions(template, scope)

    def parameter(self, name: str) -> str:
        """What an SSM parameter holds, for the ``AWS::SSM::Parameter::Value`` types."""
        try:
            return str(self.client("ssm").get_parameter(Name=name)["Parameter"]["Value"])
        except ClientError as error:
            raise AwsError(
                "ValidationError",
                f"Unable to fetch parameters [{name}] from parameter store for this account.",
            ) from error

    def imported(self, name: str) -> str:
        """The exported value of this name."""
        exports = self.exports()
        if name not in exports:
            raise AwsError("ValidationError", f"No export named {name} found")
        return exports[name]

    def _availability_zones(self, region: str) -> Sequence[str]:
        if region != self.client("ec2").meta.region_name:
            raise AwsError(
                "ValidationError", f"Fn::GetAZs is answered in its own region, not {region}."
            )
        zones = self.client("ec2").describe_availability_zones()["AvailabilityZones"]
        return sorted(zone["ZoneName"] for zone in zones)

    def _ssm(self, name: str, version: str | None) -> Any:
        return self._stored(name, version, "ssm", secure=False)

    def _ssm_secure(self, name: str, version: str | None) -> str:
        return str(self._stored(name, version, "ssm-secure", secure=True))

    def _stored(self, name: str, version: str | None, kind: str, *, secure: bool) -> Any:
        identifier = name if version is None else f"{name}:{version}"
        missing = f"Parameters: [{kind}:{identifier}] cannot be found."
        try:
            answer = self.client("ssm").get_parameter(Name=identifier, WithDecryption=secure)
        except ClientError as error:
            raise AwsError("ValidationError", missing) from error
        if (answer["Parameter"]["Type"] == "SecureString") is not secure:
            raise AwsError("ValidationError", missing)
        return answer["Parameter"]["Value"]

    def _secret(
        self, secret_id: str, key: str | None, stage: str | None, version: str | None
    ) -> str:
        wanted = {"VersionStage": stage, "VersionId": version}
        given = {name: value for name, value in wanted.items() if value}
        try:
            answer = self.client("secretsmanager").get_secret_value(SecretId=secret_id, **given)
        except ClientError as error:
            raise AwsError("ValidationError", str(error.response["Error"]["Message"])) from error
        value = str(answer["SecretString"])
        if key is None:
            return value
        try:
            return str(json.loads(value)[key])
        except (ValueError, KeyError, TypeError) as error:
            raise AwsError(
                "ValidationError", "Could not find a value associated with JSONKey in SecretString"
            ) from error


def reference(resources: Mapping[str, StackResource]) -> Callable[[str], Any]:
    """What Ref gives of resources that exist."""
    return lambda logical_id: resources[logical_id].reference


def attribute(resources: Mapping[str, StackResource]) -> Callable[[str, str], Any]:
    """What Fn::GetAtt gives of resources that exist."""

    def give(logical_id: str, name: str) -> Any:
        resource = resources[logical_id]
        if name not in resource.attributes:
            raise AwsError(
                "NotImplemented",
                f"The local cloud does not support the attribute {name} of {resource.type_name}.",
            )
        return resource.attributes[name]

    return give


def _with_conditions(template: Template, scope: Scope) -> Scope:
    return replace(scope, conditions=intrinsics.evaluate_conditions(template, scope))
