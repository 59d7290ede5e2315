"""KMS's aliases."""

from __future__ import annotations

from typing import Any

import pytest
from local_cloud import LocalCloud


@pytest.fixture(scope="module")
def kms(cloud: LocalCloud) -> Any:
    return cloud.client("kms", region_name="eu-south-1")


@pytest.fixture
def keys(kms: Any) -> list[str]:
    """The ids of two new keys."""
    return [str(kms.create_key()["KeyMetadata"]["KeyId"]) for _ in range(2)]


def test_an_alias_leads_to_the_key_that_it_is_given(kms: Any, keys: list[str]) -> None:
    name = "alias/shop/first"
    kms.create_alias(AliasName=name, TargetKeyId=keys[0])
    arn = f"arn:aws:kms:eu-south-1:123456789012:{name}"
    listed = [kms.list_aliases(KeyId=key)["Aliases"] for key in keys]
    kms.update_alias(AliasName=name, TargetKeyId=keys[1])
    led = [kms.describe_key(KeyId=named)["KeyMetadata"]["KeyId"] for named in (name, arn)]
    kms.delete_alias(AliasName=name)

    assert listed == [[{"AliasName": name, "AliasArn": arn, "TargetKeyId": keys[0]}], []]
    assert led == [keys[1], keys[1]]
    assert kms.list_aliases(KeyId=keys[1])["Aliases"] == []


def test_a_name_that_no_alias_can_have_is_refused(kms: Any, keys: list[str], refusal: Any) -> None:
    taken = "alias/shop/taken"
    kms.create_alias(AliasName=taken, TargetKeyId=keys[0])
    refused = {
        name: refusal(kms.create_alias, AliasName=name, TargetKeyId=keys[0])[0]
        for name in (taken, "shop", "alias/aws/shop", "alias/a b")
    }
    assert refused == {
        taken: "AlreadyExistsException",
        "shop": "ValidationException",
        "alias/aws/shop": "NotAuthorizedException",
        "alias/a b": "ValidationException",
    }
    assert refusal(kms.create_alias, AliasName="alias/other", TargetKeyId=taken) == (
        "ValidationException",
        "Aliases must refer to keys. Not aliases",
    )
    assert refusal(kms.delete_alias, AliasName="alias/none")[0] == "NotFoundException"


def test_aliases_of_awss_own_have_no_key_before_their_first_use(kms: Any) -> None:
    pages = kms.get_paginator("list_aliases").paginate(PaginationConfig={"PageSize": 5})
    aliases = [alias for page in pages for alias in page["Aliases"]]
    managed = [alias for alias in aliases if alias["AliasName"].startswith("alias/aws/")]
    assert "alias/aws/ssm" in [alias["AliasName"] for alias in managed]
    assert [alias for alias in managed if "TargetKeyId" in alias] == []


def test_keys_are_listed_page_by_page(kms: Any, keys: list[str]) -> None:
    pages = list(kms.get_paginator("list_keys").paginate(PaginationConfig={"PageSize": 1}))
    listed = [key["KeyId"] for page in pages for key in page["Keys"]]
    assert len(pages) == len(listed) == len(set(listed))
    assert set(keys) <= set(listed)


def test_of_the_keys_that_are_awss_nothing_is_told(cloud: LocalCloud) -> None:
    kms, dynamodb = (cloud.client(name, region_name="ap-south-2") for name in ("kms", "dynamodb"))
    attribute = {"AttributeName": "pk"}
    dynamodb.create_table(
        TableName="sealed",
        AttributeDefinitions=[{**attribute, "AttributeType": "S"}],
        KeySchema=[{**attribute, "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
        SSESpecification={"Enabled": True, "SSEType": "KMS"},
    )
    assert (
        dynamodb.describe_table(TableName="sealed")["Table"]["SSEDescription"]["SSEType"] == "KMS"
    )
    dynamodb.delete_table(TableName="sealed")
    assert kms.list_keys()["Keys"] == []
