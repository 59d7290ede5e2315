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


def test_a_secret_under_a_key_is_read_as_long_as_the_key_can_be_used(
    cloud: LocalCloud, refusal: Any
) -> None:
    kms, ssm = cloud.client("kms"), cloud.client("ssm")
    key, other = (kms.create_key()["KeyMetadata"]["Arn"] for _ in range(2))
    kms.create_alias(AliasName="alias/sealed", TargetKeyId=key)
    ssm.put_parameter(Name="/sealed/a", Value="s3cret", Type="SecureString", KeyId="alias/sealed")
    ssm.put_parameter(Name="/sealed/b", Value="other", Type="SecureString", KeyId=other)
    kms.update_alias(AliasName="alias/sealed", TargetKeyId=other)

    def reads() -> list[Any]:
        return [
            ssm.get_parameter(Name="/sealed/a", WithDecryption=True)["Parameter"]["Value"],
            *(
                sorted(each["Value"] for each in answer["Parameters"])
                for answer in (
                    ssm.get_parameters(Names=["/sealed/a", "/sealed/b"], WithDecryption=True),
                    ssm.get_parameters_by_path(Path="/sealed", WithDecryption=True),
                    ssm.get_parameter_history(Name="/sealed/a", WithDecryption=True),
                )
            ),
        ]

    at_first = reads()
    kms.disable_key(KeyId=key)
    disabled = (
        "InvalidKeyId",
        f"{key} is disabled. (Service: AWSKMS; Status Code: 400; Error Code: DisabledException)",
    )
    refused = [
        refusal(ssm.get_parameter, Name="/sealed/a", WithDecryption=True),
        refusal(ssm.get_parameters, Names=["/sealed/b", "/sealed/a"], WithDecryption=True),
        refusal(ssm.get_parameters_by_path, Path="/sealed", WithDecryption=True),
        refusal(ssm.get_parameter_history, Name="/sealed/a", WithDecryption=True),
    ]
    sealed = ssm.get_parameter(Name="/sealed/a")["Parameter"]["Value"]
    unharmed = ssm.get_parameter(Name="/sealed/b", WithDecryption=True)["Parameter"]["Value"]
    kms.enable_key(KeyId=key)

    assert at_first == reads() == ["s3cret", ["other", "s3cret"], ["other", "s3cret"], ["s3cret"]]
    assert refused == [disabled] * 4
    assert "s3cret" not in sealed
    assert unharmed == "other"


def test_a_secret_is_put_under_a_key_that_can_be_used(cloud: LocalCloud, refusal: Any) -> None:
    kms, ssm = cloud.client("kms"), cloud.client("ssm")
    key = kms.create_key()["KeyMetadata"]["Arn"]
    gone = key[:-12] + "000000000000"
    kms.schedule_key_deletion(KeyId=key)
    given = {"Name": "/sealed/new", "Value": "x", "Type": "SecureString"}
    assert [refusal(ssm.put_parameter, **given, KeyId=each) for each in (key, gone)] == [
        (
            "InvalidKeyId",
            f"{key} is pending deletion. (Service: AWSKMS; Status Code: 400; "
            "Error Code: KMSInvalidStateException)",
        ),
        (
            "InvalidKeyId",
            f"Key '{gone}' does not exist (Service: AWSKMS; Status Code: 400; "
            "Error Code: NotFoundException)",
        ),
    ]
    assert ssm.get_parameters(Names=["/sealed/new"])["InvalidParameters"] == ["/sealed/new"]


def test_a_secret_that_is_put_again_without_a_key_is_under_none_of_the_accounts_own(
    cloud: LocalCloud,
) -> None:
    ssm = cloud.client("ssm")
    key = cloud.client("kms").create_key()["KeyMetadata"]["Arn"]
    name = "/sealed/again"
    ssm.put_parameter(Name=name, Value="1", Type="SecureString", KeyId=key)
    ssm.put_parameter(Name=name, Value="2", Overwrite=True)
    versions = ssm.get_parameter_history(Name=name)["Parameters"]
    assert [(each["Version"], each["KeyId"]) for each in versions] == [
        (1, key),
        (2, "alias/aws/ssm"),
    ]
