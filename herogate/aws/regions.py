"""The regions of AWS, as botocore knows them. Nothing is called."""

from __future__ import annotations

import botocore.session

from herogate.models import Region

_NEEDED = (
    "cloudformation",
    "codebuild",
    "codecommit",
    "codepipeline",
    "dynamodb",
    "ecr",
    "ecs",
    "elbv2",
    "scheduler",
    "ssm",
)


def regions() -> list[Region]:
    """The regions that have every service an app needs, by id."""
    session = botocore.session.get_session()
    partition = session.get_component("data_loader").load_data("endpoints")["partitions"][0]
    common = set.intersection(*(set(session.get_available_regions(name)) for name in _NEEDED))
    return [
        Region(id=name, location=partition["regions"][name]["description"])
        for name in sorted(common)
    ]


def missing_services(region: str) -> list[str]:
    """The services an app needs that a region has not."""
    session = botocore.session.get_session()
    partition = session.get_partition_for_region(region)
    return [
        name
        for name in _NEEDED
        if region not in session.get_available_regions(name, partition_name=partition)
    ]
