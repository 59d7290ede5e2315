"""What KMS encrypts and decrypts."""

from __future__ import annotations

from typing import Any

import pytest
from local_cloud import LocalCloud


@pytest.fixture(scope="module")
def kms(cloud: LocalCloud) -> Any:
    return cloud.client("kms")


@pytest.fixture(scope="module")
def key(kms: Any) -> str:
    """The ARN of a key."""
    return str(kms.create_key()["KeyMetadata"]["Arn"])


def test_what_is_encrypted_opens_in_its_context_alone(kms: Any, key: str, refusal: Any) -> None:
    context = {"app": "shop"}
    sealed = kms.encrypt(KeyId=key, Plaintext=b"s3cret", EncryptionContext=context)
    blob = sealed["CiphertextBlob"]
    opened = kms.decrypt(CiphertextBlob=blob, EncryptionContext=context)

    assert b"s3cret" not in blob
    assert (sealed["KeyId"], sealed["EncryptionAlgorithm"]) == (key, "SYMMETRIC_DEFAULT")
    assert (opened["KeyId"], opened["Plaintext"]) == (key, b"s3cret")
    assert refusal(kms.decrypt, CiphertextBlob=blob)[0] == "InvalidCiphertextException"


def test_a_data_key_is_given_in_the_open_and_sealed(kms: Any, key: str) -> None:
    given = kms.generate_data_key(KeyId=key, KeySpec="AES_256")
    opened = kms.decrypt(CiphertextBlob=given["CiphertextBlob"], KeyId=key)
    assert (len(given["Plaintext"]), opened["Plaintext"]) == (32, given["Plaintext"])


def test_another_key_than_the_one_that_sealed_opens_nothing(
    kms: Any, key: str, refusal: Any
) -> None:
    other = kms.create_key()["KeyMetadata"]["KeyId"]
    blob = kms.encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]
    assert refusal(kms.decrypt, CiphertextBlob=blob, KeyId=other) == (
        "IncorrectKeyException",
        "The key ID in the request does not identify a CMK that can perform this operation.",
    )


def test_a_key_that_is_not_enabled_opens_nothing(kms: Any, refusal: Any) -> None:
    key = kms.create_key()["KeyMetadata"]["Arn"]
    blob = kms.encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]
    kms.disable_key(KeyId=key)
    disabled = refusal(kms.decrypt, CiphertextBlob=blob)
    kms.schedule_key_deletion(KeyId=key)

    assert disabled == ("DisabledException", f"{key} is disabled.")
    assert refusal(kms.decrypt, CiphertextBlob=blob) == (
        "KMSInvalidStateException",
        f"{key} is pending deletion.",
    )


def test_what_moto_does_not_do_is_refused_by_name(kms: Any, key: str, refusal: Any) -> None:
    assert refusal(kms.encrypt, KeyId=key, Plaintext=b"x", DryRun=True) == (
        "NotImplemented",
        "The local cloud does not support DryRun of kms:Encrypt.",
    )
