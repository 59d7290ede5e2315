"""How AWS tells listeners, rules, target groups and attributes, where moto tells less. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from herogate.local.planes.elb.table import Table

Document = Mapping[str, Any]

_REDIRECT = {
    "Protocol": "#{protocol}",
    "Port": "#{port}",
    "Host": "#{host}",
    "Path": "/#{path}",
    "Query": "#{query}",
}
_CONFIGS = {"host-header": "HostHeaderConfig", "path-pattern": "PathPatternConfig"}


def told_attributes(
    document: Document,
    honoured: Mapping[str, tuple[str, str]],
    corrected: Mapping[str, str | None],
) -> Document:
    """An answer's attributes, with the defaults of those that were never set.

    Args:
        honoured: each attribute's default, and the values that it may have.
        corrected: what is true where moto errs; None of an attribute that is another resource's.
    """
    defaults = {key: default for key, (default, _) in honoured.items()}
    known = {each["Key"]: each["Value"] for each in document["Attributes"]}
    told = {**defaults, **known, **corrected}
    return {
        "Attributes": [
            {"Key": key, "Value": value} for key, value in sorted(told.items()) if value is not None
        ]
    }


def told_listener(document: Document) -> Document:
    """A listener: its default certificate alone, and TLS's details only with HTTPS."""
    told = {**document, "DefaultActions": [told_action(a) for a in document["DefaultActions"]]}
    told.pop("AlpnPolicy", None)
    if document["Protocol"] != "HTTPS":
        told.pop("SslPolicy", None)
        told.pop("Certificates", None)
    elif document.get("Certificates"):
        told["Certificates"] = document["Certificates"][:1]
    return told


def told_rule(document: Document) -> Document:
    """A rule with its actions and conditions in full."""
    return {
        **document,
        "Conditions": [told_condition(each) for each in document.get("Conditions", [])],
        "Actions": [told_action(each) for each in document["Actions"]],
    }


def told_condition(document: Document) -> Document:
    """A condition in both of the API's spellings, whichever it was given in."""
    config = _CONFIGS.get(document["Field"])
    if config is None:
        return document
    values = document.get("Values") or document[config]["Values"]
    return {**document, "Values": values, config: {"Values": values}}


def told_action(document: Document) -> Document:
    """An action with what it leaves to default; a single target group named both ways."""
    if document["Type"] == "redirect":
        return {**document, "RedirectConfig": {**_REDIRECT, **document["RedirectConfig"]}}
    if document["Type"] != "forward":
        return document
    config = document.get("ForwardConfig") or {
        "TargetGroups": [{"TargetGroupArn": document["TargetGroupArn"], "Weight": 1}]
    }
    groups = [{"Weight": 1, **group} for group in config["TargetGroups"]]
    stickiness = {"Enabled": False, **config.get("TargetGroupStickinessConfig", {})}
    told = {
        **document,
        "ForwardConfig": {"TargetGroups": groups, "TargetGroupStickinessConfig": stickiness},
    }
    if len(groups) == 1:
        told["TargetGroupArn"] = groups[0]["TargetGroupArn"]
    return told


def told_target_group(document: Document, declared: Table) -> Document:
    """A target group with the load balancers that really forward to it."""
    arn = document["TargetGroupArn"]
    users = [each.arn for each in declared.load_balancers if arn in each.target_groups]
    return {**document, "LoadBalancerArns": users}
