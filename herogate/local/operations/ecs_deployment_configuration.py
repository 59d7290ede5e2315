"""A service's deployment configuration: filled up with ECS's defaults, refused where ECS refuses it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from herogate.local.errors import not_supported
from herogate.local.operations.ecs_workload import invalid

Document = Mapping[str, Any]

_DEFAULTS: Document = {
    "deploymentCircuitBreaker": {"enable": False, "rollback": False},
    "maximumPercent": 200,
    "minimumHealthyPercent": 100,
    "strategy": "ROLLING",
    "bakeTimeInMinutes": 0,
}
_UNKNOWN = ("lifecycleHooks", "linearConfiguration", "canaryConfiguration", "bakeTimeInMinutes")
_WHOLE = 100


def configuration_of(asked: Document, present: Document | None = None) -> dict[str, Any]:
    """The configuration that was asked for; what was not said stays as it is, or is ECS's default."""
    for name in _UNKNOWN:
        if asked.get(name):
            raise not_supported(f"deploymentConfiguration.{name}")
    if asked.get("alarms", {}).get("enable"):
        raise not_supported("deploymentConfiguration.alarms")
    if asked.get("strategy", "ROLLING") != "ROLLING":
        raise not_supported(f"the deployment strategy {asked['strategy']}")
    whole = {**_DEFAULTS, **(present or {}), **asked}
    _check_percents(whole)
    _check_breaker(whole["deploymentCircuitBreaker"])
    _check_early_success(whole)
    return whole


def _check_percents(whole: Document) -> None:
    most, least = whole["maximumPercent"], whole["minimumHealthyPercent"]
    if least < 0 or least > _WHOLE:
        raise invalid("minimumHealthyPercent must be between 0 and 100.")
    if most < _WHOLE:
        raise invalid("maximumPercent must be greater than or equal to 100.")
    if most == least == _WHOLE:
        raise invalid(
            "Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block "
            "deployments."
        )


def _check_breaker(breaker: Document) -> None:
    threshold = breaker.get("thresholdConfiguration")
    if threshold is not None and threshold["value"] < 1:
        raise invalid("The threshold value of a deployment circuit breaker must be at least 1.")


def _check_early_success(whole: Document) -> None:
    early = whole.get("earlySuccessCriteria", {})
    if not early.get("enable"):
        return
    percent = early.get("healthyPercent")
    if percent is None or "sourceServiceRevisionCleanup" not in early:
        raise invalid(
            "healthyPercent and sourceServiceRevisionCleanup must be specified when "
            "earlySuccessCriteria is enabled."
        )
    if not whole["minimumHealthyPercent"] <= percent <= _WHOLE:
        raise invalid(
            "healthyPercent must be between minimumHealthyPercent and 100 in earlySuccessCriteria."
        )
