"""Limits of botocore's service models, in AWS's words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import pytest

from herogate.local.constraints import check
from herogate.local.errors import AwsError
from herogate.local.operations import Call


@dataclass(frozen=True, kw_only=True)
class Asked:
    """As much of a `Call` as its limits depend on."""

    service: str
    operation: str
    parameters: dict[str, Any]


def refused(service: str, operation: str, **parameters: Any) -> tuple[str, str]:
    with pytest.raises(AwsError) as caught:
        check(cast(Call, Asked(service=service, operation=operation, parameters=parameters)))
    return caught.value.code, caught.value.message


BROKEN = (
    "1 validation error detected: Value '{}' at '{}' failed to satisfy constraint: Member must "
)


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "code", "message"),
    [
        (
            "iam",
            "CreateUser",
            {"UserName": "a" * 65},
            "ValidationError",
            BROKEN.format("a" * 65, "userName") + "have length less than or equal to 64",
        ),
        (
            "codebuild",
            "CreateProject",
            {"timeoutInMinutes": 1},
            "InvalidInputException",
            BROKEN.format(1, "timeoutInMinutes") + "have value greater than or equal to 5",
        ),
        (
            "ssm",
            "PutParameter",
            {"Tier": "Huge"},
            "ValidationException",
            BROKEN.format("Huge", "tier")
            + "satisfy enum value set: [Standard, Advanced, Intelligent-Tiering]",
        ),
        (
            "codepipeline",
            "CreatePipeline",
            {"pipeline": {"stages": [{"actions": [{"name": "two words"}]}]}},
            "ValidationException",
            BROKEN.format("two words", "pipeline.stages.1.member.actions.1.member.name")
            + r"satisfy regular expression pattern: [A-Za-z0-9.@\-_]+",
        ),
        (
            "iam",
            "TagRole",
            {"Tags": [{"Key": "a\u0000", "Value": "größe 1"}]},
            "ValidationError",
            BROKEN.format("a\u0000", "tags.1.member.key")
            + r"satisfy regular expression pattern: [\p{L}\p{Z}\p{N}_.:/=+\-@]+",
        ),
    ],
)
def test_a_broken_limit_is_named(
    service: str, operation: str, parameters: dict[str, Any], code: str, message: str
) -> None:
    assert refused(service, operation, **parameters) == (code, message)


def test_every_broken_limit_is_named_in_one_message() -> None:
    assert refused("events", "PutRule", Name="two words", State="ON") == (
        "ValidationException",
        r"2 validation errors detected: Value 'two words' at 'name' failed to satisfy constraint: "
        r"Member must satisfy regular expression pattern: [\.\-_A-Za-z0-9]+; Value 'ON' at 'state' "
        r"failed to satisfy constraint: Member must satisfy enum value set: [ENABLED, DISABLED, "
        r"ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS]",
    )


def test_a_secret_is_not_repeated_in_a_refusal() -> None:
    _, message = refused("iam", "CreateLoginProfile", Password="x" * 200)

    assert message.startswith(BROKEN.format("***", "password"))
