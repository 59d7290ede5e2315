"""IAM's user names and passwords for git at CodeCommit."""

from __future__ import annotations

from typing import Any

from local_cloud import LocalCloud

SERVICE = {"ServiceName": "codecommit.amazonaws.com"}


def test_a_credential_is_made_listed_reset_and_deleted(cloud: LocalCloud) -> None:
    iam = cloud.client("iam")
    iam.create_user(UserName="grace")
    made = iam.create_service_specific_credential(UserName="grace", **SERVICE)
    shown = made["ServiceSpecificCredential"]
    named = {"ServiceSpecificCredentialId": shown["ServiceSpecificCredentialId"]}
    password = shown.pop("ServicePassword")
    reset = iam.reset_service_specific_credential(UserName="grace", **named)

    assert (shown["ServiceUserName"], shown["Status"]) == ("grace-at-123456789012", "Active")
    assert reset["ServiceSpecificCredential"].pop("ServicePassword") != password
    assert reset["ServiceSpecificCredential"] == shown
    iam.update_service_specific_credential(UserName="grace", **named, Status="Inactive")
    listed = iam.list_service_specific_credentials(UserName="grace")
    assert listed["ServiceSpecificCredentials"] == [{**shown, "Status": "Inactive"}]
    iam.delete_service_specific_credential(UserName="grace", **named)
    assert (
        iam.list_service_specific_credentials(UserName="grace", **SERVICE)[
            "ServiceSpecificCredentials"
        ]
        == []
    )


def test_what_iam_refuses_is_refused(cloud: LocalCloud, refusal: Any) -> None:
    iam = cloud.client("iam")
    iam.create_user(UserName="joan")
    create = iam.create_service_specific_credential
    codes = [
        refusal(create, UserName="nobody", **SERVICE)[0],
        refusal(create, UserName="joan", ServiceName="s3.amazonaws.com")[0],
    ]
    for _ in range(2):
        create(UserName="joan", **SERVICE)
    codes.append(refusal(create, UserName="joan", **SERVICE)[0])
    codes.append(
        refusal(
            iam.delete_service_specific_credential,
            UserName="joan",
            ServiceSpecificCredentialId="A" * 20,
        )[0]
    )

    assert codes == [
        "NoSuchEntity",
        "NotSupportedService",
        "LimitExceeded",
        "NoSuchEntity",
    ]
