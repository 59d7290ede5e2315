"""The record of what was demanded of roles: who wanted to do what to which resource, and might or not.

One JSON object a line, in ``access.jsonl``: a role's policies when they are new, and each demand once.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from herogate.local.authorization.policies import Demand, Granted

_LIMIT_BYTES = 10 * 1024 * 1024


class AccessRecord:
    """Writes within bounds: what was recorded before the last ten megabytes or so is forgotten."""

    def __init__(self, file: Path, *, limit_bytes: int = _LIMIT_BYTES) -> None:
        self._file = file
        self._limit_bytes = limit_bytes
        self._written: set[str] = set()

    def grant(self, role_arn: str, granted: Granted) -> None:
        """Write down what a role has been granted."""
        self._write(
            {"role": role_arn, "policies": granted.policies, "boundary": granted.boundary},
        )

    def demand(self, role_arn: str, demand: Demand, *, allowed: bool) -> None:
        """Write down a demand and what became of it."""
        self._write(
            {
                "role": role_arn,
                "action": demand.action,
                "resource": demand.resource,
                "context": dict(demand.context),
                "allowed": allowed,
            }
        )

    def _write(self, entry: Mapping[str, Any]) -> None:
        line = json.dumps(entry, sort_keys=True)
        if line in self._written:
            return
        self._written.add(line)
        with open(self._file, "a", opener=_for_its_owner) as record:
            record.write(f"{line}\n")
            full = record.tell() > self._limit_bytes
        if full:
            self._file.replace(self._file.with_suffix(".1.jsonl"))
            self._written.clear()


def _for_its_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
