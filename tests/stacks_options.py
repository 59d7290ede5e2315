"""Every option of the stacks, with the values that make a difference, and combinations of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from combinations import pairwise
from stacks_cases import APPS, BOUNDARY, CERTIFICATE, DOMAIN, KEY, PLAIN_SPACE, PORT_APP, WEB, ZONE
from troposphere import Template

from stacks import app, formation, space
from stacks.app_options import BuildArchitecture, BuildCompute, Options

_DOMAINS: Mapping[str, Mapping[str, str]] = {
    "none": {},
    "validated by hand": {"domain": DOMAIN},
    "validated by a hosted zone": {"domain": DOMAIN, "hosted_zone_id": ZONE},
    "with a certificate": {"domain": DOMAIN, "certificate_arn": CERTIFICATE},
    "with both": {"domain": DOMAIN, "certificate_arn": CERTIFICATE, "hosted_zone_id": ZONE},
}
_ADDRESSES = {name: spec.address for name, spec in APPS.items()}

OF_SPACES = pairwise(
    {
        "domain": list(_DOMAINS),
        "availability_zones": [2, 3],
        "private": [False, True],
        "cidr": ["10.0.0.0/16", "192.168.0.0/22"],
        "permissions_boundary": [None, BOUNDARY],
        "customer_key": [False, True],
        "log_retention_days": [1, 3653],
        "deletion_protection": [False, True],
        "container_insights": list(space.Insights),
        "load_balancers": [1, 2, 3],
    },
    count=26,
)
OF_APPS = pairwise(
    {
        "address": list(_ADDRESSES),
        "permissions_boundary": [None, BOUNDARY],
        "key_arn": [None, KEY],
        "log_retention_days": [1, 30, 3653],
        "git_branch": ["main", "feature/x_1"],
        "health_check_path": ["/", "/health?deep=1&x=%20"],
        "health_check_matcher": ["200", "200,301", "200-399,404"],
        "health_check_interval_seconds": [5, 30, 300],
        "deregistration_delay_seconds": [0, 30, 3600],
        "build_compute": list(BuildCompute),
        "build_architecture": list(BuildArchitecture),
    },
    count=26,
)
OF_FORMATIONS = pairwise(
    {
        "web": [False, True],
        "workers": [1, 2, 19],
        "private": [False, True],
        "port": [80, 8080, 65535],
    },
    count=12,
)


def templates() -> dict[str, Template]:
    """The template of every combination, by what is combined."""
    return {
        **{f"space {_said(each)}": space.template(_space(each)) for each in OF_SPACES},
        **{f"app {_said(each)}": app.template(_app(each)) for each in OF_APPS},
        **{f"formation {_said(each)}": _formation(**each) for each in OF_FORMATIONS},
    }


def spaces() -> list[space.Spec]:
    """The space of every combination."""
    return [_space(each) for each in OF_SPACES]


def apps() -> list[app.Spec]:
    """The app of every combination."""
    return [_app(each) for each in OF_APPS]


def formation_of(
    *, web: bool, workers: int, private: bool, port: int, name: str = "worker"
) -> formation.Spec:
    """A formation with so many process types beside web."""
    door = replace(WEB.entrance, port=port) if WEB.entrance else None
    born = [replace(WEB, entrance=door, private=private)] if web else []
    born += [
        replace(WEB, process_type=f"{name}{number}", entrance=None, private=private)
        for number in range(workers)
    ]
    entries = {birth.process_type: formation.entry(birth) for birth in born}
    return formation.Spec(app=WEB.app, space=WEB.space, entries=entries)


def _space(options: Mapping[str, Any]) -> space.Spec:
    return replace(PLAIN_SPACE, **{**options, **_said_of_domain(options)})


def _said_of_domain(options: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"domain": None, **_DOMAINS[options["domain"]]}


def _app(options: Mapping[str, Any]) -> app.Spec:
    of_spec = ("permissions_boundary", "key_arn", "log_retention_days", "git_branch")
    chosen = {name: value for name, value in options.items() if name not in (*of_spec, "address")}
    return replace(
        PORT_APP,
        address=_ADDRESSES[options["address"]],
        options=Options(**chosen),
        **{name: options[name] for name in of_spec},
    )


def _formation(**options: Any) -> Template:
    return formation.template(formation_of(**options))


def _said(options: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={value}" for name, value in options.items())
