"""The record of demands: each once, within bounds, for its owner's eyes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from herogate.local.authorization.policies import Demand, Granted
from herogate.local.authorization.record import AccessRecord

ROLE = "arn:aws:iam::123456789012:role/r"
READ = Demand(action="s3:GetObject", resource="arn:aws:s3:::b/k", context={"a": ["b"]})


def entries(file: Path) -> list[Any]:
    return [json.loads(line) for line in file.read_text().splitlines()]


def test_policies_and_demands_stand_in_it_once_each(tmp_path: Path) -> None:
    file = tmp_path / "access.jsonl"
    record = AccessRecord(file)
    for _ in range(2):
        record.grant(ROLE, Granted(policies=({"Version": "2012-10-17"},)))
        record.demand(ROLE, READ, allowed=True)
    record.demand(ROLE, READ, allowed=False)

    told = {
        "role": ROLE,
        "action": "s3:GetObject",
        "resource": "arn:aws:s3:::b/k",
        "context": {"a": ["b"]},
    }
    assert entries(file) == [
        {"role": ROLE, "policies": [{"Version": "2012-10-17"}], "boundary": None},
        {**told, "allowed": True},
        {**told, "allowed": False},
    ]
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_record_that_has_grown_large_begins_anew_beside_the_old_one(tmp_path: Path) -> None:
    file = tmp_path / "access.jsonl"
    record = AccessRecord(file, limit_bytes=10)
    record.demand(ROLE, READ, allowed=True)
    assert not file.exists()
    record.demand(ROLE, READ, allowed=True)
    assert len(entries(tmp_path / "access.1.jsonl")) == 1
