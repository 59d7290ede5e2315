"""S3's configurations as CloudFormation writes them, translated to S3's own form. Pure.

S3 is the one service whose API and template properties differ in more than spelling.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from herogate.local.errors import not_supported
from herogate.local.resources.requests import boolean

Rule = Mapping[str, Any]


def encryption(configuration: Rule) -> dict[str, Any]:
    rules = [
        _renamed(rule, {"ServerSideEncryptionByDefault": "ApplyServerSideEncryptionByDefault"})
        for rule in configuration["ServerSideEncryptionConfiguration"]
    ]
    return {"Rules": rules}


def cors(configuration: Rule) -> dict[str, Any]:
    names = {"ExposedHeaders": "ExposeHeaders", "Id": "ID", "MaxAge": "MaxAgeSeconds"}
    return {"CORSRules": [_renamed(rule, names) for rule in configuration["CorsRules"]]}


def website(configuration: Rule) -> dict[str, Any]:
    result = dict(configuration)
    if "IndexDocument" in result:
        result["IndexDocument"] = {"Suffix": result["IndexDocument"]}
    if "ErrorDocument" in result:
        result["ErrorDocument"] = {"Key": result["ErrorDocument"]}
    if "RoutingRules" in result:
        names = {"RedirectRule": "Redirect", "RoutingRuleCondition": "Condition"}
        result["RoutingRules"] = [_renamed(rule, names) for rule in result["RoutingRules"]]
    return result


def notifications(configuration: Rule) -> dict[str, Any]:
    """Who hears of what becomes of objects: EventBridge, or nobody."""
    for name in configuration.keys() - {"EventBridgeConfiguration"}:
        raise not_supported(f"the property NotificationConfiguration.{name}")
    told = configuration.get("EventBridgeConfiguration", {"EventBridgeEnabled": False})
    return {"EventBridgeConfiguration": {}} if boolean(told["EventBridgeEnabled"]) else {}


def canned_acl(name: str) -> str:
    """``PublicReadWrite`` as S3 says it: ``public-read-write``."""
    return "".join(f"-{c.lower()}" if c.isupper() else c for c in name).removeprefix("-")


def lifecycle(configuration: Rule) -> dict[str, Any]:
    return {"Rules": [_lifecycle_rule(rule) for rule in configuration["Rules"]]}


_LIFECYCLE_PROPERTIES = {
    "AbortIncompleteMultipartUpload",
    "ExpirationDate",
    "ExpirationInDays",
    "ExpiredObjectDeleteMarker",
    "Id",
    "NoncurrentVersionExpiration",
    "NoncurrentVersionExpirationInDays",
    "NoncurrentVersionTransition",
    "NoncurrentVersionTransitions",
    "ObjectSizeGreaterThan",
    "ObjectSizeLessThan",
    "Prefix",
    "Status",
    "TagFilters",
    "Transition",
    "Transitions",
}


def _lifecycle_rule(rule: Rule) -> dict[str, Any]:
    for name in rule.keys() - _LIFECYCLE_PROPERTIES:
        raise not_supported(f"the property LifecycleConfiguration.Rules.{name}")
    result: dict[str, Any] = {"Status": rule["Status"], "Filter": _filter(rule)}
    expiration = {
        "Days": rule.get("ExpirationInDays"),
        "Date": rule.get("ExpirationDate"),
        "ExpiredObjectDeleteMarker": rule.get("ExpiredObjectDeleteMarker"),
    }
    noncurrent = rule.get("NoncurrentVersionExpiration") or {
        "NoncurrentDays": rule.get("NoncurrentVersionExpirationInDays")
    }
    parts = {
        "ID": rule.get("Id"),
        "AbortIncompleteMultipartUpload": rule.get("AbortIncompleteMultipartUpload"),
        "Expiration": _present(expiration),
        "NoncurrentVersionExpiration": _present(noncurrent),
        "Transitions": _transitions(rule, "Transition", "Days"),
        "NoncurrentVersionTransitions": _transitions(
            rule, "NoncurrentVersionTransition", "NoncurrentDays"
        ),
    }
    return result | {name: part for name, part in parts.items() if part}


def _transitions(rule: Rule, name: str, days: str) -> list[dict[str, Any]]:
    """Both spellings of transitions: the older single one and the list."""
    single = [rule[name]] if name in rule else []
    names = {"TransitionInDays": days, "TransitionDate": "Date"}
    return [_renamed(each, names) for each in [*single, *rule.get(f"{name}s", [])]]


def _filter(rule: Rule) -> dict[str, Any]:
    conditions = _present(
        {
            "Prefix": rule.get("Prefix"),
            "ObjectSizeGreaterThan": rule.get("ObjectSizeGreaterThan"),
            "ObjectSizeLessThan": rule.get("ObjectSizeLessThan"),
        }
    )
    tags = rule.get("TagFilters") or []
    if not tags and len(conditions) <= 1:
        return conditions or {"Prefix": ""}
    if len(tags) == 1 and not conditions:
        return {"Tag": tags[0]}
    return {"And": conditions | ({"Tags": tags} if tags else {})}


def _renamed(rule: Rule, names: Mapping[str, str]) -> dict[str, Any]:
    return {names.get(name, name): value for name, value in rule.items()}


def _present(values: Rule) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
