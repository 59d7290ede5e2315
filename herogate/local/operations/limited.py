"""Operations that moto answers well, as long as their parameters keep the service model's limits."""

from __future__ import annotations

from herogate.local.constraints import check
from herogate.local.operations import Call, Reply, operation

_LIMITED = {
    "acm": ("AddTagsToCertificate",),
    "dynamodb": ("UpdateTimeToLive",),
    "ecr": (
        "PutImageTagMutability",
        "PutLifecyclePolicy",
        "SetRepositoryPolicy",
    ),
    "events": ("PutPermission", "TagResource"),
    "iam": ("TagPolicy", "TagRole", "TagUser", "UpdateRole", "UpdateRoleDescription"),
    "ssm": ("AddTagsToResource",),
}
"""Operation names by service."""


async def _within_limits(call: Call) -> Reply:
    check(call)
    return await call.proceed()


for _service, _names in _LIMITED.items():
    for _name in _names:
        operation(_service, _name)(_within_limits)
