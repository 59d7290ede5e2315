"""The table: read as far as needed, and written again where two transactions met."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import islice

import pytest

from herogate.aws.dynamodb import Check, Put, Table
from herogate.aws.session import Session
from herogate.errors import AwsRefused

NAME = "ledger"


@pytest.fixture
def table(session: Session) -> Table:
    keys = {"pk": "HASH", "sk": "RANGE"}
    session.service("dynamodb").call(
        "create_table",
        TableName=NAME,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
        KeySchema=[{"AttributeName": key, "KeyType": kind} for key, kind in keys.items()],
    )
    return Table(session, NAME)


class Conflicting(BaseHTTPRequestHandler):
    """A DynamoDB in which a transaction meets others, so many times."""

    conflicts = 0
    asked = 0

    def do_POST(self) -> None:
        kind = type(self)
        kind.asked += 1
        answer, status = b"{}", 200
        if kind.asked <= kind.conflicts:
            reasons = (
                "Transaction cancelled, please refer cancellation reasons for specific reasons"
            )
            told = f"{reasons} [None, TransactionConflict]"
            answer = json.dumps(
                {"__type": "TransactionCanceledException", "Message": told}
            ).encode()
            status = 400
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def conflicting(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Conflicting]]:
    handler = type("Answering", (Conflicting,), {})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.setenv(name, "testing")
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
        yield handler
        server.shutdown()
        thread.join()


def put(number: int) -> Put:
    return Put(item={"pk": "shop", "sk": f"release/{number:08}", "number": number})


def numbers(table: Table, *, newest_first: bool = False) -> Iterator[int]:
    found = table.items("shop", prefix="release/", newest_first=newest_first)
    return (item["number"] for item in found)


def test_items_come_in_order_over_as_many_pages_as_there_are(table: Table) -> None:
    for number in range(60):
        assert table.write([put(number)])
    assert table.write([Put(item={"pk": "other", "sk": "release/00000001"})])
    assert list(numbers(table)) == [*range(60)]
    assert list(numbers(table, newest_first=True)) == [*range(59, -1, -1)]


def test_who_needs_the_newest_item_alone_is_given_it(table: Table) -> None:
    for number in range(10):
        table.write([put(number)])
    assert list(islice(numbers(table, newest_first=True), 1)) == [9]


def test_of_many_items_asked_for_at_once_those_come_that_are_there(table: Table) -> None:
    for number in range(130):
        table.write([put(number)])
    keys = [("shop", f"release/{number:08}") for number in range(250)]
    assert sorted(item["number"] for item in table.among(keys)) == [*range(130)]
    assert table.among([]) == []


def test_all_is_written_or_nothing(table: Table) -> None:
    assert table.write([put(1)])
    assert not table.write([put(2), Check(pk="shop", sk="release/00000001", where={"number": 7})])
    assert not table.write([put(3), put(1)])
    assert list(numbers(table)) == [1]


def test_a_transaction_that_met_others_is_made_again_each_time_after_a_longer_wait(
    conflicting: type[Conflicting],
) -> None:
    conflicting.conflicts = 4
    waited: list[float] = []
    assert Table(Session(region="us-east-1"), NAME, sleep=waited.append).write([put(1)])
    longest = [0.05, 0.1, 0.2, 0.4]
    assert conflicting.asked == 5
    assert len(waited) == len(longest)
    assert all(0 <= wait <= most for wait, most in zip(waited, longest, strict=True))


def test_a_transaction_that_always_meets_others_is_refused_in_the_end(
    conflicting: type[Conflicting],
) -> None:
    conflicting.conflicts = 1000
    table = Table(Session(region="us-east-1"), NAME, sleep=lambda _: None)
    with pytest.raises(AwsRefused, match="TransactionConflict"):
        table.write([put(1)])
    assert conflicting.asked == 10
