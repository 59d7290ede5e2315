"""DynamoDB: names of tables, and transactions that happen once however often they are sent."""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Mapping
from typing import Any

from herogate.local.constraints import check
from herogate.local.errors import AwsError
from herogate.local.operations import Call, Reply, Result, operation

TRANSACTION_KIND = "dynamodb.transaction"
"""Documents of recent transactions by ``<region>/<client request token>``."""

_TABLE_NAME = re.compile(r"[a-zA-Z0-9_.-]+")
_TOKEN_SECONDS = 600
"""How long a client request token is remembered."""


@operation("dynamodb", "CreateTable")
async def create_table(call: Call) -> Reply:
    check(call)
    name = call.parameters["TableName"]
    if not 3 <= len(name) <= 255:
        raise _invalid(
            "TableName must be at least 3 characters long and at most 255 characters long"
        )
    if not _TABLE_NAME.fullmatch(name):
        raise _invalid(
            f"1 validation error detected: Value '{name}' at 'tableName' failed to satisfy "
            f"constraint: Member must satisfy regular expression pattern: {_TABLE_NAME.pattern}"
        )
    return await call.proceed()


@operation("dynamodb", "UpdateTable")
async def update_table(call: Call) -> Reply:
    """An index may only be on attributes that are defined; moto asks that of new tables alone."""
    given = call.parameters
    updates = given.get("GlobalSecondaryIndexUpdates", [])
    keys = {
        key["AttributeName"]
        for update in updates
        for key in update.get("Create", {}).get("KeySchema", [])
    }
    definitions = given.get("AttributeDefinitions")
    if keys and definitions is None:
        table = await call.ask("dynamodb", "DescribeTable", TableName=given["TableName"])
        definitions = table["Table"]["AttributeDefinitions"]
    defined = {definition["AttributeName"] for definition in definitions or []}
    if missing := sorted(keys - defined):
        raise _invalid(
            "One or more parameter values were invalid: Some index key attributes are not defined "
            f"in AttributeDefinitions. Keys: [{', '.join(missing)}], "
            f"AttributeDefinitions: [{', '.join(sorted(defined))}]"
        )
    return await call.proceed()


@operation("dynamodb", "TagResource")
async def tag_resource(call: Call) -> Reply:
    """A tag takes the place of the one with its key; moto would keep both."""
    check(call)
    keys = [tag["Key"] for tag in call.parameters["Tags"]]
    place = {"ResourceArn": call.parameters["ResourceArn"]}
    await call.ask("dynamodb", "UntagResource", **place, TagKeys=keys)
    return await call.proceed()


@operation("dynamodb", "TransactWriteItems")
async def transact_write_items(call: Call) -> Reply | Result:
    """A request sent again with its token (a retry) changes nothing and succeeds."""
    token = call.parameters.get("ClientRequestToken")
    if token is None:
        return await call.proceed()
    store, key, digest = call.cloud.store, f"{call.region}/{token}", _digest(call.parameters)
    earlier = store.get(TRANSACTION_KIND, key)
    if earlier is not None and earlier["at"] > time.time() - _TOKEN_SECONDS:
        if earlier["digest"] != digest:
            raise AwsError(
                "IdempotentParameterMismatchException",
                "Idempotent request with different parameters was made for the same client "
                "request token",
            )
        return {}
    reply = await call.proceed()
    if reply.ok:
        _forget_old_transactions(call)
        store.put(TRANSACTION_KIND, key, {"digest": digest, "at": time.time()})
    return reply


def _digest(parameters: Mapping[str, Any]) -> str:
    written = json.dumps(parameters, sort_keys=True, default=repr)
    return hashlib.sha256(written.encode()).hexdigest()


def _forget_old_transactions(call: Call) -> None:
    oldest = time.time() - _TOKEN_SECONDS
    for key, transaction in call.cloud.store.all(TRANSACTION_KIND):
        if transaction["at"] < oldest:
            call.cloud.store.delete(TRANSACTION_KIND, key)


def _invalid(message: str) -> AwsError:
    return AwsError("ValidationException", message)
