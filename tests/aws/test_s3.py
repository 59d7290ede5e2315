"""Buckets are emptied whole: every version, beyond what one call takes, and nothing else."""

from __future__ import annotations

from typing import Any

import boto3
import pytest

from herogate.aws.s3 import Buckets
from herogate.aws.session import Session


@pytest.fixture
def client(session: Session) -> Any:
    client = boto3.client("s3", region_name=session.region)
    client.create_bucket(Bucket="shop")
    client.put_bucket_versioning(Bucket="shop", VersioningConfiguration={"Status": "Enabled"})
    return client


def versions(client: Any, prefix: str = "") -> int:
    pages = client.get_paginator("list_object_versions")
    return sum(
        len(page.get("Versions", [])) + len(page.get("DeleteMarkers", []))
        for page in pages.paginate(Bucket="shop", Prefix=prefix)
    )


def test_more_versions_than_one_call_deletes_all_go(session: Session, client: Any) -> None:
    for number in range(1010):
        client.put_object(Bucket="shop", Key=f"k{number % 300}", Body=b"x")
    client.delete_object(Bucket="shop", Key="k1")
    Buckets(session).clear("shop")
    assert versions(client) == 0


def test_only_what_is_under_the_prefix_goes(session: Session, client: Any) -> None:
    for key in ("one/a", "one/b", "one-more/a"):
        client.put_object(Bucket="shop", Key=key, Body=b"x")
    Buckets(session).clear("shop", prefix="one/")
    assert (versions(client), versions(client, "one-more/")) == (1, 1)


def test_a_bucket_that_is_not_there_is_empty(session: Session) -> None:
    Buckets(session).clear("nothing-of-that-name")


def test_an_object_put_is_where_its_address_says(session: Session, client: Any) -> None:
    assert (
        Buckets(session).put("shop", "template/x.json", b"{}")
        == "https://s3.amazonaws.com/shop/template/x.json"
    )
    body = client.get_object(Bucket="shop", Key="template/x.json")["Body"]
    assert body.read() == b"{}"


def test_what_was_put_is_there(session: Session, client: Any) -> None:
    buckets = Buckets(session)
    assert not buckets.has("shop", "package.zip")
    buckets.put("shop", "package.zip", b"x")
    assert buckets.has("shop", "package.zip")
