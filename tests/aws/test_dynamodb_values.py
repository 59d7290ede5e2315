"""Values on their way into DynamoDB and back."""

from __future__ import annotations

import pytest

from herogate.aws.dynamodb_values import read, told

ITEM = {
    "text": "a",
    "number": -12,
    "yes": True,
    "nothing": None,
    "many": ["a", 1, {"b": False}],
    "map": {"empty": {}, "none": []},
}


def test_what_is_told_is_read_again() -> None:
    assert read(told(ITEM)) == ITEM
    assert told(ITEM)["M"]["many"] == {"L": [{"S": "a"}, {"N": "1"}, {"M": {"b": {"BOOL": False}}}]}


def test_what_the_ledger_does_not_use_is_refused() -> None:
    with pytest.raises(TypeError):
        told({"a"})
    with pytest.raises(TypeError):
        read({"B": b"a"})
