"""Dynamic references: ``{{resolve:service:key}}`` within a text, looked up by callables."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from herogate.local.errors import AwsError

_REFERENCE: Final = re.compile(r"\{\{resolve:(ssm|ssm-secure|secretsmanager):([^{}]+)\}\}")
_SSM_KEY: Final = re.compile(r"([A-Za-z0-9_.\-/]+)(?::(\d+))?")
_SECURE_PROPERTIES: Final = frozenset(
    {
        "AWS::DirectoryService::MicrosoftAD/Properties/Password",
        "AWS::DirectoryService::SimpleAD/Properties/Password",
        "AWS::ElastiCache::ReplicationGroup/Properties/AuthToken",
        "AWS::IAM::User/Properties/LoginProfile/Password",
        "AWS::KinesisFirehose::DeliveryStream/Properties/RedshiftDestinationConfiguration/Password",
        "AWS::OpsWorks::App/Properties/AppSource/Password",
        "AWS::OpsWorks::Stack/Properties/CustomCookbooksSource/Password",
        "AWS::RDS::DBCluster/Properties/MasterUserPassword",
        "AWS::RDS::DBInstance/Properties/MasterUserPassword",
        "AWS::Redshift::Cluster/Properties/MasterUserPassword",
    }
)
"""Where AWS takes SecureString parameters (its user guide's list)."""


def replace_plain(value: Any, ssm: Callable[[str, str | None], Any]) -> Any:
    """A value with what each ``{{resolve:ssm:...}}`` names put in its place.

    When `ssm` gives what is no text (a value not known yet), the whole text becomes that.
    """

    def look_up(service: str, key: str) -> Any:
        if service != "ssm":
            return f"{{{{resolve:{service}:{key}}}}}"
        return ssm(*_ssm_key(service, key))

    return _replace(value, look_up)


def replace_secret(
    value: Any,
    ssm_secure: Callable[[str, str | None], str],
    secret: Callable[[str, str | None, str | None, str | None], str],
) -> Any:
    """A value with the secrets put in the place of the references to them."""

    def look_up(service: str, key: str) -> Any:
        if service == "secretsmanager":
            return secret(*_secret_key(key))
        return ssm_secure(*_ssm_key(service, key))

    return _replace(value, look_up)


def holds_secret(text: str) -> bool:
    """Whether a resolved text has a reference in it that only `replace_secret` replaces."""
    return _REFERENCE.search(text) is not None


def misplaced_secure(type_name: str, properties: Mapping[str, Any]) -> Iterator[str]:
    """The paths at which a type's properties refer to a SecureString and AWS takes none."""
    for path, string in _strings(properties, f"{type_name}/Properties"):
        if "{{resolve:ssm-secure:" in string and path not in _SECURE_PROPERTIES:
            yield path


def _strings(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Every text with its path, which ends, as in AWS's messages, where a list or function begins."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, member in value.items():
            inner = path if key == "Ref" or key.startswith("Fn::") else f"{path}/{key}"
            yield from _strings(member, inner)
    elif isinstance(value, list):
        for item in value:
            for _, string in _strings(item, path):
                yield path, string


def _replace(value: Any, look_up: Callable[[str, str], Any]) -> Any:
    if isinstance(value, Mapping):
        return {key: _replace(member, look_up) for key, member in value.items()}
    if isinstance(value, list):
        return [_replace(item, look_up) for item in value]
    if not isinstance(value, str):
        return value
    pieces: list[str] = []
    end = 0
    for found in _REFERENCE.finditer(value):
        replacement = look_up(found[1], found[2])
        if not isinstance(replacement, str):
            return replacement
        pieces += [value[end : found.start()], replacement]
        end = found.end()
    return "".join([*pieces, value[end:]])


def _ssm_key(service: str, key: str) -> tuple[str, str | None]:
    if not (found := _SSM_KEY.fullmatch(key)):
        raise AwsError(
            "ValidationError",
            f"Incorrect format is used in the following SSM reference: "
            f"[{{{{resolve:{service}:{key}}}}}]",
        )
    return found[1], found[2]


def _secret_key(key: str) -> tuple[str, str | None, str | None, str | None]:
    """``secret-id:SecretString:json-key:version-stage:version-id``; the id may be an ARN."""
    parts = key.split(":")
    length = 7 if parts[0] == "arn" else 1
    secret_id, rest = ":".join(parts[:length]), parts[length:]
    if len(rest) > 4 or (rest and rest[0] not in ("", "SecretString")):
        raise AwsError(
            "ValidationError",
            f"Incorrect format is used in the following Secrets Manager reference: "
            f"[{{{{resolve:secretsmanager:{key}}}}}]",
        )
    json_key, stage, version = [part or None for part in (*rest[1:], "", "", "")][:3]
    return secret_id, json_key, stage, version
