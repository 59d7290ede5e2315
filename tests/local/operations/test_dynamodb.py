"""DynamoDB: names, conditional writes, transactions, and the size of an item."""

from __future__ import annotations

from typing import Any

import pytest
from local_cloud import LocalCloud

KEYS = ("pk", "sk")


def table(name: str) -> dict[str, Any]:
    """A table with two string keys, paid on demand."""
    return {
        "TableName": name,
        "KeySchema": [
            {"AttributeName": key, "KeyType": kind}
            for key, kind in zip(KEYS, ("HASH", "RANGE"), strict=True)
        ],
        "AttributeDefinitions": [{"AttributeName": key, "AttributeType": "S"} for key in KEYS],
        "BillingMode": "PAY_PER_REQUEST",
    }


def item(pk: str, sk: str, **attributes: Any) -> dict[str, Any]:
    return {"pk": {"S": pk}, "sk": {"S": sk}, **attributes}


@pytest.fixture(scope="module")
def dynamodb(cloud: LocalCloud) -> Any:
    """A client of a cloud that has the table ``ledger``."""
    client = cloud.client("dynamodb")
    client.create_table(**table("ledger"))
    return client


@pytest.mark.parametrize("name", ["ab", "a" * 256, "two words", "a/b/c"])
def test_a_name_that_no_table_can_have_is_refused(dynamodb: Any, refusal: Any, name: str) -> None:
    assert refusal(dynamodb.create_table, **table(name))[0] == "ValidationException"
    assert name not in dynamodb.list_tables()["TableNames"]


def test_who_writes_second_loses(dynamodb: Any, refusal: Any) -> None:
    first = {"TableName": "ledger", "ConditionExpression": "attribute_not_exists(pk)"}
    dynamodb.put_item(**first, Item=item("race", "1", winner={"S": "a"}))

    assert refusal(dynamodb.put_item, **first, Item=item("race", "1", winner={"S": "b"})) == (
        "ConditionalCheckFailedException",
        "The conditional request failed",
    )
    kept = dynamodb.get_item(TableName="ledger", Key=item("race", "1"), ConsistentRead=True)
    assert kept["Item"]["winner"] == {"S": "a"}


def test_a_transaction_happens_wholly_or_not_at_all(dynamodb: Any) -> None:
    new = {"TableName": "ledger", "ConditionExpression": "attribute_not_exists(pk)"}
    dynamodb.put_item(TableName="ledger", Item=item("whole", "taken"))

    with pytest.raises(dynamodb.exceptions.TransactionCanceledException) as caught:
        dynamodb.transact_write_items(
            TransactItems=[
                {"Put": {**new, "Item": item("whole", "free")}},
                {"Put": {**new, "Item": item("whole", "taken")}},
            ]
        )
    reasons = [reason["Code"] for reason in caught.value.response["CancellationReasons"]]
    assert reasons == ["None", "ConditionalCheckFailed"]
    assert "Item" not in dynamodb.get_item(TableName="ledger", Key=item("whole", "free"))


def test_a_transaction_sent_again_with_its_token_happens_once(dynamodb: Any, refusal: Any) -> None:
    def add(amount: str) -> dict[str, Any]:
        update = {
            "TableName": "ledger",
            "Key": item("token", "1"),
            "UpdateExpression": "ADD n :n",
            "ExpressionAttributeValues": {":n": {"N": amount}},
        }
        return {"ClientRequestToken": "once", "TransactItems": [{"Update": update}]}

    dynamodb.transact_write_items(**add("1"))
    dynamodb.transact_write_items(**add("1"))

    assert refusal(dynamodb.transact_write_items, **add("2"))[0] == (
        "IdempotentParameterMismatchException"
    )
    kept = dynamodb.get_item(TableName="ledger", Key=item("token", "1"))
    assert kept["Item"]["n"] == {"N": "1"}


def test_an_item_has_at_most_400_kib(dynamodb: Any, refusal: Any) -> None:
    assert refusal(
        dynamodb.put_item, TableName="ledger", Item=item("big", "1", v={"S": "x" * 409_600})
    ) == ("ValidationException", "Item size has exceeded the maximum allowed size")


def test_a_tag_takes_the_place_of_the_one_with_its_key(dynamodb: Any) -> None:
    dynamodb.create_table(**table("tagged"), Tags=[{"Key": "team", "Value": "blue"}])
    arn = dynamodb.describe_table(TableName="tagged")["Table"]["TableArn"]

    dynamodb.tag_resource(ResourceArn=arn, Tags=[{"Key": "team", "Value": "red"}])

    assert dynamodb.list_tags_of_resource(ResourceArn=arn)["Tags"] == [
        {"Key": "team", "Value": "red"}
    ]


def test_an_index_is_on_defined_attributes(dynamodb: Any, refusal: Any) -> None:
    dynamodb.create_table(**table("indexed"))
    index = {
        "IndexName": "by-owner",
        "KeySchema": [{"AttributeName": "owner", "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "ALL"},
    }

    def added(**more: Any) -> dict[str, Any]:
        updates = [{"Create": index}]
        return {"TableName": "indexed", "GlobalSecondaryIndexUpdates": updates, **more}

    assert refusal(dynamodb.update_table, **added()) == (
        "ValidationException",
        "One or more parameter values were invalid: Some index key attributes are not defined in "
        "AttributeDefinitions. Keys: [owner], AttributeDefinitions: [pk, sk]",
    )
    owner = {"AttributeName": "owner", "AttributeType": "S"}
    definitions = [*table("indexed")["AttributeDefinitions"], owner]
    dynamodb.update_table(**added(AttributeDefinitions=definitions))
    indexes = dynamodb.describe_table(TableName="indexed")["Table"]["GlobalSecondaryIndexes"]
    assert [each["IndexName"] for each in indexes] == ["by-owner"]
