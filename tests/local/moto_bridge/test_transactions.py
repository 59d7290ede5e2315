"""DynamoDB's transactions: undone whole, without a copy of the whole table."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError
from local_cloud import LocalCloud
from moto.dynamodb.models.table import Table

from herogate.local.moto_bridge import transactions

ONE = {"pk": {"S": "a"}, "sk": {"S": "1"}, "text": {"S": "one"}}
TWO = {"pk": {"S": "a"}, "sk": {"S": "2"}, "text": {"S": "two"}}
BROKEN = {
    "Key": {"pk": {"S": "b"}, "sk": {"S": "0"}},
    "ConditionExpression": "attribute_exists(pk)",
}


@pytest.fixture(params=[None, "NEW_AND_OLD_IMAGES"], ids=["plain", "with a stream"])
def table(cloud: LocalCloud, request: pytest.FixtureRequest) -> Iterator[str]:
    """A table that holds one item."""
    name, client = f"table-{uuid4()}", cloud.client("dynamodb")
    keys = {"pk": "HASH", "sk": "RANGE"}
    stream = {"StreamEnabled": True, "StreamViewType": request.param} if request.param else None
    client.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
        KeySchema=[{"AttributeName": key, "KeyType": kind} for key, kind in keys.items()],
        **({"StreamSpecification": stream} if stream else {}),
    )
    client.put_item(TableName=name, Item=ONE)
    yield name
    client.delete_table(TableName=name)


@pytest.mark.parametrize(
    "change",
    [
        {"Put": {"Item": TWO}},
        {"Put": {"Item": {**ONE, "text": {"S": "changed"}}}},
        {"Delete": {"Key": {"pk": ONE["pk"], "sk": ONE["sk"]}}},
        {
            "Update": {
                "Key": {"pk": ONE["pk"], "sk": ONE["sk"]},
                "UpdateExpression": "SET #t = :t",
                "ExpressionAttributeNames": {"#t": "text"},
                "ExpressionAttributeValues": {":t": {"S": "changed"}},
            }
        },
    ],
    ids=["put", "put over", "delete", "update"],
)
def test_of_a_transaction_that_fails_nothing_stays_and_of_one_that_succeeds_all(
    cloud: LocalCloud, table: str, change: dict[str, dict[str, Any]]
) -> None:
    client = cloud.client("dynamodb")
    ((kind, told),) = change.items()
    asked = {kind: {"TableName": table, **told}}
    with pytest.raises(ClientError, match="ConditionalCheckFailed"):
        client.transact_write_items(
            TransactItems=[asked, {"ConditionCheck": {"TableName": table, **BROKEN}}]
        )
    assert client.scan(TableName=table)["Items"] == [ONE]
    client.transact_write_items(TransactItems=[asked])
    assert client.scan(TableName=table)["Items"] != [ONE]


def test_moto_keeps_a_copy_of_each_table_aside_that_holds_every_item_anew() -> None:
    table = Table(
        "ledger",
        "123456789012",
        "us-east-1",
        [{"AttributeName": "pk", "KeyType": "HASH"}],
        [{"AttributeName": "pk", "AttributeType": "S"}],
    )
    item = table.put_item({"pk": {"S": "a"}})
    whole = copy.deepcopy(table)
    table.__deepcopy__ = lambda memo: transactions.aside(table, memo)
    aside = copy.deepcopy(table)
    held = [next(iter(each.items.values())) for each in (whole, aside)]
    assert [each is item for each in held] == [False, True]
    assert "__deepcopy__" not in vars(aside)
    table.delete_item(item.hash_key, None)
    assert list(aside.items.values()) == [item]
