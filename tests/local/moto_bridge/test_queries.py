"""DynamoDB's queries: what is found, and that nothing else is looked at for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from local_cloud import LocalCloud
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.table import Table

from herogate.local.moto_bridge import queries


def item(partition: str, place: int) -> dict[str, Any]:
    return {"pk": {"S": partition}, "sk": {"S": f"{place:02}"}, "colour": {"S": f"c{place % 2}"}}


@pytest.fixture
def table(cloud: LocalCloud) -> Iterator[str]:
    """A table of two partitions, written in no order, and an index of it."""
    name, client = f"table-{uuid4()}", cloud.client("dynamodb")
    client.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[
            {"AttributeName": each, "AttributeType": "S"} for each in ("pk", "sk", "colour")
        ],
        KeySchema=[
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "colours",
                "KeySchema": [{"AttributeName": "colour", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
    )
    for place in (3, 1, 5, 2, 4):
        for partition in ("a", "b"):
            client.put_item(TableName=name, Item=item(partition, place))
    yield name
    client.delete_table(TableName=name)


def found(cloud: LocalCloud, table: str, key: str, value: str, **more: Any) -> list[str]:
    answer = cloud.client("dynamodb").query(
        TableName=table,
        KeyConditionExpression=f"{key} = :v",
        ExpressionAttributeValues={":v": {"S": value}},
        **more,
    )
    return [each["pk"]["S"] + each["sk"]["S"] for each in answer["Items"]]


def test_a_partition_is_found_in_its_order_and_another_is_not(
    cloud: LocalCloud, table: str
) -> None:
    assert found(cloud, table, "pk", "a") == ["a01", "a02", "a03", "a04", "a05"]
    assert found(cloud, table, "pk", "c") == []
    newest = {"ScanIndexForward": False, "Limit": 2}
    assert found(cloud, table, "pk", "b", **newest) == ["b05", "b04"]
    after = {"ExclusiveStartKey": {key: item("b", 4)[key] for key in ("pk", "sk")}}
    assert found(cloud, table, "pk", "b", **newest, **after) == ["b03", "b02"]


def test_an_index_is_found_over_all_partitions(cloud: LocalCloud, table: str) -> None:
    places = found(cloud, table, "colour", "c0", IndexName="colours")
    assert sorted(places) == ["a02", "a04", "b02", "b04"]


def test_moto_asks_a_table_for_all_of_its_items_to_find_those_of_a_partition(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = Table(
        "ledger",
        "123456789012",
        "us-east-1",
        [
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
        [{"AttributeName": each, "AttributeType": "S"} for each in ("pk", "sk")],
    )
    for partition in ("a", "b"):
        made.put_item(item(partition, 1))
    looked: list[int] = []
    whole: Any = Table.all_items

    def all_items(table: Table) -> Any:
        looked.append(len(whole(table)))
        return whole(table)

    monkeypatch.setattr(Table, "all_items", all_items)
    asked: tuple[Any, ...] = (DynamoType({"S": "a"}), None, [], 10, None, True, None, None)
    moto = queries._moto_queries(made, *asked)
    assert looked == [2]
    assert queries._query(made, *asked) == moto
    assert looked == [2]
