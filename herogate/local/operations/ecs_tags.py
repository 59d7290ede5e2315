"""Tags of services and tasks; those of clusters and task definitions are moto's."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from herogate.local.constraints import check
from herogate.local.operations import Call, Reply, Result, operation
from herogate.local.operations.ecs_workload import check_tags, client_error, invalid
from herogate.local.planes.ecs.services import Service
from herogate.local.planes.ecs.tasks import Task

Tags = tuple[Mapping[str, Any], ...]

_ARN = re.compile(r"arn:aws:ecs:([^:]+):\d+:(service|task)/([^/]+)/([^/]+)")


@operation("ecs", "ListTagsForResource")
async def list_tags_for_resource(call: Call) -> Result | Reply:
    check(call)
    tagged = _tagged(call)
    return await call.proceed() if tagged is None else {"tags": list(tagged.tags)}


@operation("ecs", "TagResource")
async def tag_resource(call: Call) -> Result | Reply:
    check(call)
    given = call.parameters["tags"]
    check_tags(given)
    keys = {tag["key"] for tag in given}
    return await _change(
        call, lambda tags: (*(tag for tag in tags if tag["key"] not in keys), *given)
    )


@operation("ecs", "UntagResource")
async def untag_resource(call: Call) -> Result | Reply:
    check(call)
    keys = call.parameters["tagKeys"]
    return await _change(call, lambda tags: tuple(tag for tag in tags if tag["key"] not in keys))


async def _change(call: Call, change: Callable[[Tags], Tags]) -> Result | Reply:
    tagged = _tagged(call)
    if tagged is None:
        return await call.proceed()
    tags = change(tagged.tags)
    check_tags([tag for tag in tags if not tag["key"].startswith("aws:")])
    if isinstance(tagged, Service):
        call.cloud.ecs.records.keep_service(replace(tagged, tags=tags))
    else:
        call.cloud.ecs.records.keep_task(replace(tagged, tags=tags))
    return {}


def _tagged(call: Call) -> Service | Task | None:
    """The service or task of the ARN; None for anything else that has tags."""
    arn = call.parameters["resourceArn"]
    matched = _ARN.fullmatch(arn)
    if matched is None:
        return None
    region, kind, cluster, name = matched.groups()
    records, key = call.cloud.ecs.records, f"{region} {cluster} {name}"
    found = records.service(key) if kind == "service" else records.task(key)
    if found is None and kind == "service":
        raise client_error("The specified service was not found. Specify a valid service.")
    if found is None:
        raise invalid("The specified task was not found. Specify a valid task.")
    return found
