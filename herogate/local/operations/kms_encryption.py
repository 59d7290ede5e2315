"""What KMS encrypts and decrypts, as far as its keys' states let it."""

from __future__ import annotations

from herogate.local import keys
from herogate.local.constraints import check
from herogate.local.errors import AwsError, not_supported
from herogate.local.operations import Call, Result, operation

_ALGORITHM = "SYMMETRIC_DEFAULT"


@operation("kms", "Encrypt")
async def encrypt(call: Call) -> Result:
    _check(call)
    return {**await _done(call), "EncryptionAlgorithm": _ALGORITHM}


@operation("kms", "GenerateDataKey")
@operation("kms", "GenerateDataKeyWithoutPlaintext")
async def generate_data_key(call: Call) -> Result:
    _check(call)
    return await _done(call)


@operation("kms", "Decrypt")
async def decrypt(call: Call) -> Result:
    """What was encrypted names its key; whoever names it, too, must name the same."""
    _check(call)
    if "KeyId" in call.parameters:
        key = await keys.find(call.cloud, call.region, call.parameters["KeyId"])
        reply = await call.proceed(KeyId=key.key_id)
    else:
        reply = await call.proceed()
    if reply.error == ("AccessDeniedException", "") and "KeyId" in call.parameters:
        raise AwsError(
            "IncorrectKeyException",
            "The key ID in the request does not identify a CMK that can perform this operation.",
        )
    if reply.error == ("AccessDeniedException", ""):
        raise AwsError(
            "AccessDeniedException",
            "The ciphertext refers to a customer master key that does not exist, does not exist in "
            "this region, or you are not allowed to access.",
        )
    opened = reply.granted()
    used = await keys.find(call.cloud, call.region, opened["KeyId"])
    used.check_usable()
    return {**opened, "EncryptionAlgorithm": _ALGORITHM}


async def _done(call: Call) -> Result:
    """Moto's answer, if the key that is named is enabled."""
    key = await keys.find(call.cloud, call.region, call.parameters["KeyId"])
    key.check_usable()
    return (await call.proceed(KeyId=key.key_id)).granted()


def _check(call: Call) -> None:
    check(call)
    for name in ("DryRun", "Recipient"):
        if call.parameters.get(name):
            raise not_supported(f"{name} of kms:{call.operation}")
    if call.parameters.get("EncryptionAlgorithm", _ALGORITHM) != _ALGORITHM:
        raise AwsError(
            "InvalidKeyUsageException",
            f"Algorithm {call.parameters['EncryptionAlgorithm']} is not valid for the key.",
        )
