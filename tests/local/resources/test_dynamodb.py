from __future__ import annotations

from typing import Any

import pytest

from herogate.local.errors import AwsError

from .conftest import STACK_TAGS, World

KEYS: dict[str, Any] = {
    "TableName": "ledger",
    "KeySchema": [
        {"AttributeName": "pk", "KeyType": "HASH"},
        {"AttributeName": "sk", "KeyType": "RANGE"},
    ],
    "AttributeDefinitions": [
        {"AttributeName": "pk", "AttributeType": "S"},
        {"AttributeName": "sk", "AttributeType": "S"},
    ],
}


def index(name: str) -> dict[str, Any]:
    return {
        "IndexName": name,
        "KeySchema": [{"AttributeName": "sk", "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "ALL"},
    }


def test_a_table_lives(world: World) -> None:
    dynamodb = world.client("dynamodb")
    table = world.make(
        "AWS::DynamoDB::Table",
        **KEYS,
        BillingMode="PAY_PER_REQUEST",
        GlobalSecondaryIndexes=[index("by-sk")],
        PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": "true"},
        SSESpecification={"SSEEnabled": True},
        StreamSpecification={"StreamViewType": "NEW_IMAGE"},
        TimeToLiveSpecification={"AttributeName": "expires", "Enabled": True},
        DeletionProtectionEnabled=True,
        Tags=[{"Key": "space", "Value": "default"}],
    )

    def described() -> dict[str, Any]:
        return dict(dynamodb.describe_table(TableName="ledger")["Table"])

    def recovery() -> str:
        found = dynamodb.describe_continuous_backups(TableName="ledger")
        backups = found["ContinuousBackupsDescription"]
        return str(backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"])

    def expiry() -> dict[str, str]:
        found = dynamodb.describe_time_to_live(TableName="ledger")
        return dict(found["TimeToLiveDescription"])

    def tags() -> dict[str, str]:
        found = dynamodb.list_tags_of_resource(ResourceArn=table.attributes["Arn"])
        return {tag["Key"]: tag["Value"] for tag in found["Tags"]}

    found = described()
    assert found["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert [each["IndexName"] for each in found["GlobalSecondaryIndexes"]] == ["by-sk"]
    assert found["StreamSpecification"] == {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
    assert found["SSEDescription"]["Status"] == "ENABLED"
    assert found["DeletionProtectionEnabled"] is True
    assert recovery() == "ENABLED"
    assert expiry() == {"AttributeName": "expires", "TimeToLiveStatus": "ENABLED"}
    assert tags() == {**STACK_TAGS, "space": "default"}
    assert table.attributes == {"Arn": found["TableArn"], "StreamArn": found["LatestStreamArn"]}

    table.update(
        **KEYS,
        BillingMode="PROVISIONED",
        ProvisionedThroughput={"ReadCapacityUnits": "3", "WriteCapacityUnits": 2},
    )
    found = described()
    assert found["BillingModeSummary"]["BillingMode"] == "PROVISIONED"
    assert found["ProvisionedThroughput"]["ReadCapacityUnits"] == 3
    assert found.get("GlobalSecondaryIndexes", []) == []
    assert found["DeletionProtectionEnabled"] is False
    assert recovery() == "DISABLED"
    assert expiry()["TimeToLiveStatus"] == "DISABLED"
    assert tags() == STACK_TAGS
    assert table.attributes == {"Arn": found["TableArn"]}

    table.update(**KEYS, BillingMode="PAY_PER_REQUEST", GlobalSecondaryIndexes=[index("again")])
    assert [each["IndexName"] for each in described()["GlobalSecondaryIndexes"]] == ["again"]

    table.delete()
    assert dynamodb.list_tables()["TableNames"] == []


def test_two_indexes_cannot_change_in_one_update(world: World) -> None:
    table = world.make("AWS::DynamoDB::Table", **KEYS, BillingMode="PAY_PER_REQUEST")
    with pytest.raises(AwsError, match="more than one GSI creation or deletion"):
        table.update(
            **KEYS,
            BillingMode="PAY_PER_REQUEST",
            GlobalSecondaryIndexes=[index("one"), index("two")],
        )
