"""What results of a health check make of a container's health."""

from __future__ import annotations

import asyncio

import pytest

from herogate.local.runtimes.health import Health, HealthCheck, HealthStatus, watch

CHECK = HealthCheck(command=("check",), retries=3, start_seconds=60)


@pytest.mark.parametrize(
    ("results", "status"),
    [
        ([], "UNKNOWN"),
        ([(10, True)], "HEALTHY"),
        ([(10, False), (20, False), (30, False), (40, False)], "UNKNOWN"),
        ([(70, False), (80, False)], "UNKNOWN"),
        ([(70, False), (80, False), (90, False)], "UNHEALTHY"),
        ([(10, True), (20, False), (30, False)], "HEALTHY"),
        ([(10, True), (20, False), (30, False), (40, False)], "UNHEALTHY"),
        ([(70, False), (80, False), (90, True), (95, False), (99, False)], "HEALTHY"),
        ([(70, False), (80, False), (90, False), (95, True)], "HEALTHY"),
    ],
)
def test_health_follows_from_results_in_a_row(
    results: list[tuple[float, bool]], status: str
) -> None:
    health = Health()
    for age, passed in results:
        health = health.after(passed=passed, age_seconds=age, check=CHECK)
    assert health.status == status


@pytest.mark.parametrize(
    ("definition", "check"),
    [
        (None, None),
        ({"command": ["NONE"]}, None),
        (
            {"command": ["CMD-SHELL", "curl -f localhost || exit 1"]},
            HealthCheck(command=("/bin/sh", "-c", "curl -f localhost || exit 1")),
        ),
        (
            {
                "command": ["CMD", "a", "b"],
                "interval": 5,
                "timeout": 2,
                "retries": 1,
                "startPeriod": 9,
            },
            HealthCheck(
                command=("a", "b"),
                interval_seconds=5,
                timeout_seconds=2,
                retries=1,
                start_seconds=9,
            ),
        ),
    ],
)
def test_a_check_is_read_as_the_api_shapes_it(
    definition: dict[str, object] | None, check: HealthCheck | None
) -> None:
    assert HealthCheck.read(definition) == check


def test_only_changes_of_health_are_told() -> None:
    results = iter([False, False, False, True, True, False])
    told: list[HealthStatus] = []

    async def run() -> bool:
        try:
            return next(results)
        except StopIteration:
            raise asyncio.CancelledError from None

    async def watched() -> None:
        check = HealthCheck(command=(), interval_seconds=0, retries=2)
        await watch(check, run, told.append, clock=lambda: 0.0)

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(watched())
    assert told == ["UNHEALTHY", "HEALTHY"]
