"""The tags of a resource: the template's, and those that CloudFormation adds.

``aws:cloudformation:…`` tags go wherever tags go, but to services that refuse them from a caller.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from herogate.local.resources import Context, Properties
from herogate.local.resources.requests import send


def wanted(context: Context, properties: Properties, name: str = "Tags") -> dict[str, str]:
    """Every tag the resource shall have; the template's value wins over the stack's."""
    return {**context.tags, **_own(properties, name)}


def given(context: Context, properties: Properties, previous: Properties) -> dict[str, str]:
    """The tags that an update gives a resource, or changes; CloudFormation's own never change."""
    before = {**context.previous_tags, **_own(previous, "Tags")}
    tags = of_callers(context, properties)
    return {key: value for key, value in tags.items() if before.get(key) != value}


def dropped(
    context: Context, properties: Properties, previous: Properties, name: str = "Tags"
) -> list[str]:
    """The keys that an update takes away. Tags that others have put on the resource stay."""
    before = {**context.previous_tags, **_own(previous, name)}
    return sorted(before.keys() - wanted(context, properties, name).keys())


def listed(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Tags as most APIs take them."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def with_tags(context: Context, properties: Properties) -> dict[str, Any]:
    """The properties with every wanted tag, for an API whose create operation takes tags."""
    return {**properties, "Tags": wanted(context, properties)}


def of_callers(context: Context, properties: Properties, name: str = "Tags") -> dict[str, str]:
    """The wanted tags that a caller may set, for a service that refuses ``aws:`` ones."""
    tags = wanted(context, properties, name)
    return {key: value for key, value in tags.items() if not key.startswith("aws:")}


def retag(
    client: Any, arn: str, context: Context, properties: Properties, previous: Properties
) -> None:
    """Bring tags up to date in an API that has ``TagResource`` and ``UntagResource``."""
    _exchange(client, arn, wanted(context, properties), dropped(context, properties, previous))


def retag_callers(
    client: Any, arn: str, context: Context, properties: Properties, previous: Properties
) -> None:
    """`retag` with the tags `of_callers`."""
    _exchange(client, arn, of_callers(context, properties), dropped(context, properties, previous))


def _exchange(client: Any, arn: str, tags: Mapping[str, str], keys: list[str]) -> None:
    if tags:
        send(client, "tag_resource", {"ResourceArn": arn, "Tags": tags})
    if keys:
        send(client, "untag_resource", {"ResourceArn": arn, "TagKeys": keys})


def _own(properties: Properties, name: str) -> dict[str, str]:
    tags = properties.get(name) or {}
    pairs = tags.items() if isinstance(tags, Mapping) else ((t["Key"], t["Value"]) for t in tags)
    return {str(key): str(value) for key, value in pairs}
