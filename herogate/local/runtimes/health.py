"""A container's own health check: what it is, and what its results make of the container's health.

`HealthCheck` and `Health` are pure; `watch` runs checks at their times.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any


class HealthStatus(StrEnum):
    """What is known of a container's health."""

    UNKNOWN = "UNKNOWN"
    HEALTHY = "HEALTHY"
    UNHEALTHY = "UNHEALTHY"


@dataclass(frozen=True, kw_only=True)
class HealthCheck:
    """A program that says by its exit status whether the container is well.

    Attributes:
        command: with ``/bin/sh -c`` in front where it was given as one line.
        interval_seconds: from the start, and from the end of one check, to the next.
        retries: so many failures in a row make a container unhealthy.
        start_seconds: failures in so long after the start do not count.
    """

    command: tuple[str, ...]
    interval_seconds: float = 30
    timeout_seconds: float = 5
    retries: int = 3
    start_seconds: float = 0

    @classmethod
    def read(cls, definition: Mapping[str, Any] | None) -> HealthCheck | None:
        """The health check of a container definition; None if there is none, or it is switched off."""
        if not definition or definition["command"][:1] == ["NONE"]:
            return None
        return cls(
            command=_command(definition["command"]),
            interval_seconds=definition.get("interval", 30),
            timeout_seconds=definition.get("timeout", 5),
            retries=definition.get("retries", 3),
            start_seconds=definition.get("startPeriod", 0),
        )


@dataclass(frozen=True, kw_only=True)
class Health:
    """A container's health and how it came to be."""

    status: HealthStatus = HealthStatus.UNKNOWN
    failures: int = 0

    def after(self, *, passed: bool, age_seconds: float, check: HealthCheck) -> Health:
        """The health after another result, which was asked for `age_seconds` after the start."""
        if passed:
            return Health(status=HealthStatus.HEALTHY)
        if age_seconds < check.start_seconds and self.status is HealthStatus.UNKNOWN:
            return self
        failures = self.failures + 1
        if failures >= check.retries:
            return Health(status=HealthStatus.UNHEALTHY, failures=failures)
        return replace(self, failures=failures)


async def watch(
    check: HealthCheck,
    run: Callable[[], Awaitable[bool]],
    changed: Callable[[HealthStatus], None],
    *,
    clock: Callable[[], float],
) -> None:
    """Run a container's checks until cancelled, and tell each change of its health.

    Args:
        run: run the check once; whether it passed.
        clock: seconds; the container starts now.
    """
    begin, health = clock(), Health()
    while True:
        await asyncio.sleep(check.interval_seconds)
        age = clock() - begin
        before = health.status
        health = health.after(passed=await run(), age_seconds=age, check=check)
        if health.status is not before:
            changed(health.status)


def _command(words: list[str]) -> tuple[str, ...]:
    kind, *rest = words
    if kind == "CMD":
        return tuple(rest)
    if kind == "CMD-SHELL":
        return ("/bin/sh", "-c", " ".join(rest))
    return tuple(words)
