"""SSM's parameters: names, sizes, and secrets that stay secret."""

from __future__ import annotations

from typing import Any

import pytest
from local_cloud import LocalCloud


def test_a_secret_is_shown_to_whom_asks_for_decryption(cloud: LocalCloud) -> None:
    ssm = cloud.client("ssm")
    ssm.put_parameter(Name="/shop/key", Value="s3cret", Type="SecureString")
    sealed = [
        ssm.get_parameter(Name="/shop/key")["Parameter"]["Value"],
        ssm.get_parameters(Names=["/shop/key"])["Parameters"][0]["Value"],
        ssm.get_parameters_by_path(Path="/shop")["Parameters"][0]["Value"],
        ssm.get_parameter_history(Name="/shop/key")["Parameters"][0]["Value"],
    ]
    opened = ssm.get_parameter(Name="/shop/key", WithDecryption=True)["Parameter"]["Value"]

    assert opened == "s3cret"
    assert all("s3cret" not in value for value in sealed)


@pytest.mark.parametrize(
    ("parameters", "code", "beginning"),
    [
        (
            {"Value": "x" * 4097},
            "ValidationException",
            "Standard tier parameters support a maximum",
        ),
        (
            {"Value": "x" * 8193, "Tier": "Advanced"},
            "ValidationException",
            "Advanced tier parameters support a maximum",
        ),
        (
            {"Value": "Hello {{ name }}"},
            "ValidationException",
            "Parameter value can't nest another parameter.",
        ),
        ({"Name": "/two words"}, "ValidationException", "Parameter name: can't be prefixed with"),
        ({"Name": "a/b"}, "ValidationException", "Parameter name must be a fully qualified name."),
        ({"Name": "/" + "a" * 1011}, "ValidationException", "Parameter name: can't be longer than"),
        (
            {"Name": "/a" * 16},
            "HierarchyLevelLimitExceededException",
            "A hierarchy can have a maximum of 15 levels.",
        ),
        (
            {"AllowedPattern": "^[0-9]+$"},
            "ParameterPatternMismatchException",
            "Parameter value, cannot be validated against allowedPattern: ^[0-9]+$",
        ),
        ({"Name": "/aws/x"}, "AccessDeniedException", "No access to reserved parameter name"),
        (
            {"Type": "Number"},
            "ValidationException",
            "1 validation error detected: Value 'Number' at 'type' failed to satisfy constraint: "
            "Member must satisfy enum value set: [String, StringList, SecureString]",
        ),
    ],
)
def test_a_parameter_that_aws_refuses_is_refused(
    cloud: LocalCloud, refusal: Any, parameters: dict[str, str], code: str, beginning: str
) -> None:
    given = {"Name": "/refused", "Value": "x", "Type": "String", **parameters}
    refused_code, message = refusal(cloud.client("ssm").put_parameter, **given)

    assert refused_code == code
    assert message.startswith(beginning)


@pytest.mark.parametrize(("size", "tier"), [(4096, "Standard"), (4097, "Advanced")])
def test_intelligent_tiering_chooses_by_size(cloud: LocalCloud, size: int, tier: str) -> None:
    put = cloud.client("ssm").put_parameter(
        Name=f"/tiered/{size}", Value="x" * size, Type="String", Tier="Intelligent-Tiering"
    )
    assert put["Tier"] == tier
