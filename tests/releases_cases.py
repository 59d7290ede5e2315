"""Releases as tests need them: small, and named by what differs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from herogate.models import Architecture, ProcessType, Release, Slug

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def slug(name: str = "a", process_types: Mapping[str, str] | None = None, **more: Any) -> Slug:
    """A slug whose digest is that letter, 64 times."""
    types = {"web": "serve"} if process_types is None else process_types
    return Slug(
        image_digest=f"sha256:{name * 64}",
        architecture=Architecture.X86_64,
        process_types=types,
        **more,
    )


def release(number: int = 1, **more: Any) -> Release:
    """A release with a web process, unless told otherwise."""
    known: dict[str, Any] = {
        "description": f"Deploy {number:08}",
        "user": "ada@example.com",
        "created_at": NOON,
        "slug": slug(),
        "commit": f"{number:040}",
        "formation": {"web": ProcessType(command="serve")},
    }
    return Release(number=number, **{**known, **more})


@dataclass(kw_only=True)
class Clock:
    """A clock that goes on when it is told to."""

    time: datetime = field(default=NOON)

    def now(self) -> datetime:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)
