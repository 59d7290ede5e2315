"""What may be asked of a space and of an app: flags by the engine's name of each option.

A command gets those that were given as `asked`; what is not said is left to the engine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, TypeVar

import click

from herogate.errors import InvalidRequest

F = TypeVar("F", bound=Callable[..., Any])

_SIZES = ("small", "medium", "large", "xlarge", "2xlarge")


def _compute(_: click.Context, __: click.Parameter, size: str | None) -> str | None:
    """A size by the name that CodeBuild has for it."""
    return None if size is None else f"BUILD_GENERAL1_{size.upper()}"


_OF_APPS: Mapping[str, Any] = {
    "health_check_path": click.option(
        "--health-check-path", help="what web processes are asked for: / if not given"
    ),
    "health_check_matcher": click.option(
        "--health-check-matcher",
        metavar="CODES",
        help="codes that mean that one is alive, as in 200,301: 200-499 if not given",
    ),
    "health_check_interval_seconds": click.option(
        "--health-check-interval",
        "health_check_interval_seconds",
        type=int,
        metavar="SECONDS",
        help="between two questions: 5 if not given",
    ),
    "deregistration_delay_seconds": click.option(
        "--deregistration-delay",
        "deregistration_delay_seconds",
        type=int,
        metavar="SECONDS",
        help="how long a process that goes may still answer: 30 if not given",
    ),
    "build_compute": click.option(
        "--build-compute",
        type=click.Choice(_SIZES),
        callback=_compute,
        help="how large a machine builds: small if not given",
    ),
    "build_architecture": click.option(
        "--build-architecture",
        type=click.Choice(["arm64", "x86_64"]),
        help="on what the app is built and runs: arm64 if not given",
    ),
}
_OF_SPACES: Mapping[str, Any] = {
    "domain": click.option(
        "--domain", help="apps get https://<app>.<domain> instead of a port each"
    ),
    "hosted_zone_id": click.option(
        "--hosted-zone", "hosted_zone_id", help="id of the domain's hosted zone on Route 53"
    ),
    "certificate_arn": click.option(
        "--certificate",
        "certificate_arn",
        help="ARN of a certificate for *.<domain>; else one is requested",
    ),
    "permissions_boundary": click.option(
        "--permissions-boundary", help="ARN of the policy that bounds every role"
    ),
    "customer_key": click.option(
        "--customer-key/--no-customer-key",
        default=None,
        help="a KMS key of yours for logs and config vars: $1 a month; so, if not given",
    ),
    "availability_zones": click.option(
        "--availability-zones", type=int, help="in how many zones: 2, if not given, or 3"
    ),
    "log_retention_days": click.option(
        "--log-retention",
        "log_retention_days",
        type=int,
        metavar="DAYS",
        help="how long logs of apps are kept: 365 if not given",
    ),
    "container_insights": click.option(
        "--container-insights",
        type=click.Choice(["disabled", "enabled", "enhanced"]),
        help="what CloudWatch measures, paid by the metric: disabled if not given",
    ),
    "deletion_protection": click.option(
        "--deletion-protection/--no-deletion-protection",
        default=None,
        help="AWS refuses to delete load balancers, ledger and stack",
    ),
    "load_balancers": click.option(
        "--load-balancers", type=int, help="how many: 1 if not given; one carries 48 apps"
    ),
}
_OF_NEW_SPACES: Mapping[str, Any] = {
    "cidr": click.option(
        "--cidr", help="the network's range, /16 to /22: 10.0.0.0/16 if not given"
    ),
    "private": click.option(
        "--private",
        is_flag=True,
        default=None,
        help="no public address for processes, but a NAT gateway in each zone",
    ),
}


def of_app(function: F) -> F:
    """What may be asked of an app, at its birth and later."""
    return _with(_OF_APPS, function)


def of_space(function: F) -> F:
    """What may be asked of a space that is there."""

    @wraps(function)
    def without_boundary(*, unbounded: bool, asked: dict[str, Any], **arguments: Any) -> Any:
        if unbounded and "permissions_boundary" in asked:
            raise InvalidRequest("A permissions boundary is either named or to go.")
        gone = {"permissions_boundary": None} if unbounded else {}
        return function(asked={**asked, **gone}, **arguments)

    flag = click.option(
        "--no-permissions-boundary", "unbounded", is_flag=True, help="no policy bounds the roles"
    )
    return flag(_with(_OF_SPACES, without_boundary))  # type: ignore[return-value]


def of_new_space(function: F) -> F:
    """What may be asked of a space at its birth: of a network, more than later."""
    return _with({**_OF_SPACES, **_OF_NEW_SPACES}, function)


def _with(flags: Mapping[str, Any], function: F) -> F:
    @wraps(function)
    def wrapper(**arguments: Any) -> Any:
        given = {name: arguments.pop(name) for name in flags}
        asked = {name: value for name, value in given.items() if value is not None}
        return function(asked=asked, **arguments)

    for flag in reversed(list(flags.values())):
        wrapper = flag(wrapper)
    return wrapper  # type: ignore[return-value]
