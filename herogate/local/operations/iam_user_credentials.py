"""IAM's service-specific credentials: a user name and password for git at CodeCommit.

The password is answered once and kept as a digest.
"""

from __future__ import annotations

import re
import secrets
import string
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from herogate.local.constraints import check
from herogate.local.errors import AwsError, not_supported
from herogate.local.operations import Call, Result, operation
from herogate.local.planes.git.user_credentials import KIND, sealed

_SERVICE = "codecommit.amazonaws.com"
_PER_USER = 2
_PASSWORD_CHARACTERS = string.ascii_letters + string.digits + "+/="
_OWN = re.compile(r"arn:aws:iam::\d{12}:user/(?:.*/)?(?P<name>[^/]+)")
_SHOWN = (
    "ServiceName",
    "ServiceSpecificCredentialId",
    "ServiceUserName",
    "Status",
    "UserName",
)

_Document = Mapping[str, Any]


@operation("iam", "CreateServiceSpecificCredential")
async def create_service_specific_credential(call: Call) -> Result:
    check(call)
    _check_service(call.parameters["ServiceName"])
    if call.parameters.get("CredentialAgeDays") is not None:
        raise not_supported("CredentialAgeDays, which CodeCommit's credentials do not have")
    name = call.parameters["UserName"]
    user = (await call.ask("iam", "GetUser", UserName=name))["User"]
    taken = [document["ServiceUserName"] for document in _of_user(call, name)]
    if len(taken) >= _PER_USER:
        raise AwsError(
            "LimitExceeded",
            f"Cannot exceed quota for ServiceSpecificCredentialsPerUser: {_PER_USER}",
            status=409,
        )
    plain = f"{name}-at-{call.cloud.account_id}"
    password = _password()
    document = {
        "CreateDate": time.time(),
        "ServiceName": _SERVICE,
        "ServiceSpecificCredentialId": _id(),
        "ServiceUserName": f"{plain}+1" if plain in taken else plain,
        "Status": "Active",
        "UserArn": user["Arn"],
        "UserName": name,
        **sealed(password),
    }
    _put(call, document)
    return {"ServiceSpecificCredential": {**_shown(document), "ServicePassword": password}}


@operation("iam", "ListServiceSpecificCredentials")
async def list_service_specific_credentials(call: Call) -> Result:
    check(call)
    service = call.parameters.get("ServiceName")
    if service is not None:
        _check_service(service)
    if call.parameters.get("AllUsers"):
        found = [document for _, document in call.cloud.store.all(KIND)]
    else:
        name = _user_name(call)
        await call.ask("iam", "GetUser", UserName=name)
        found = _of_user(call, name)
    return {"ServiceSpecificCredentials": [_shown(document) for document in found]}


@operation("iam", "ResetServiceSpecificCredential")
async def reset_service_specific_credential(call: Call) -> Result:
    check(call)
    password = _password()
    document = {**_asked_for(call), **sealed(password)}
    _put(call, document)
    return {"ServiceSpecificCredential": {**_shown(document), "ServicePassword": password}}


@operation("iam", "UpdateServiceSpecificCredential")
async def update_service_specific_credential(call: Call) -> Result:
    check(call)
    _put(call, {**_asked_for(call), "Status": call.parameters["Status"]})
    return {}


@operation("iam", "DeleteServiceSpecificCredential")
async def delete_service_specific_credential(call: Call) -> Result:
    check(call)
    call.cloud.store.delete(KIND, _asked_for(call)["ServiceSpecificCredentialId"])
    return {}


def _check_service(name: str) -> None:
    if name in {"cassandra.amazonaws.com", "bedrock.amazonaws.com"}:
        raise not_supported(f"credentials for {name}")
    if name != _SERVICE:
        raise AwsError(
            "ServiceNotSupportedException", f"No such service {name} is supported.", status=404
        )


def _asked_for(call: Call) -> dict[str, Any]:
    wanted = call.parameters["ServiceSpecificCredentialId"]
    document = call.cloud.store.get(KIND, wanted)
    if document is None or document["UserName"] != _user_name(call):
        raise AwsError("NoSuchEntity", f"No such credential {wanted} exists", status=404)
    return document


def _user_name(call: Call) -> str:
    """The user named, or the one who calls."""
    own = _OWN.fullmatch(call.caller.arn)
    name = call.parameters.get("UserName") or (own["name"] if own else None)
    if name is None:
        raise AwsError(
            "ValidationError", "Must specify userName when calling with non-User credentials"
        )
    return str(name)


def _of_user(call: Call, name: str) -> list[dict[str, Any]]:
    return [document for _, document in call.cloud.store.all(KIND) if document["UserName"] == name]


def _put(call: Call, document: _Document) -> None:
    call.cloud.store.put(KIND, document["ServiceSpecificCredentialId"], document)


def _shown(document: _Document) -> dict[str, Any]:
    made = datetime.fromtimestamp(document["CreateDate"], UTC)
    return {"CreateDate": made, **{name: document[name] for name in _SHOWN}}


def _id() -> str:
    alphabet = string.ascii_uppercase + "234567"
    return "ACCA" + "".join(secrets.choice(alphabet) for _ in range(17))


def _password() -> str:
    return "".join(secrets.choice(_PASSWORD_CHARACTERS) for _ in range(44))
