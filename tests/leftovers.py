"""What still stands in a region, asked with plain boto3; and what of it lies in the cloud's files."""

from __future__ import annotations

from typing import Any

from local_cloud import LocalCloud

_KEPT = ("codebuild/caches/pip", "codebuild/caches/npm", "codebuild/tools", "runtime/images")
"""What is kept for whoever comes next: packages, programs, images that are unpacked."""

_DIRECTORIES = ("codebuild", "contents", "git", "registry", "runtime")


def leftovers(cloud: LocalCloud, region: str) -> list[str]:
    """What still stands in a region, in every service that Herogate works with."""

    def ask(service: str, operation: str, key: str, **asked: Any) -> list[str]:
        client = cloud.client(service, region_name=region)
        pages = [getattr(client, operation)(**asked)]
        if client.can_paginate(operation):
            pages = list(client.get_paginator(operation).paginate(**asked))
        return [str(item) for page in pages for item in page[key]]

    definitions = [
        arn
        for status in ("ACTIVE", "INACTIVE")
        for arn in ask("ecs", "list_task_definitions", "taskDefinitionArns", status=status)
    ]
    of_clusters = [
        arn
        for cluster in ask("ecs", "list_clusters", "clusterArns")
        for operation, key in (("list_services", "serviceArns"), ("list_tasks", "taskArns"))
        for arn in ask("ecs", operation, key, cluster=cluster)
    ]
    return [
        *ask("cloudformation", "describe_stacks", "Stacks"),
        *ask("codecommit", "list_repositories", "repositories"),
        *ask("codebuild", "list_builds", "ids"),
        *ask("codebuild", "list_projects", "projects"),
        *ask("codepipeline", "list_pipelines", "pipelines"),
        *ask("dynamodb", "list_tables", "TableNames"),
        *ask("ecr", "describe_repositories", "repositories"),
        *ask("ecs", "list_clusters", "clusterArns"),
        *definitions,
        *of_clusters,
        *ask("elbv2", "describe_load_balancers", "LoadBalancers"),
        *ask("elbv2", "describe_target_groups", "TargetGroups"),
        *ask("events", "list_rules", "Rules"),
        *ask("logs", "describe_log_groups", "logGroups"),
        *(
            tagged
            for tagged in ask("resourcegroupstaggingapi", "get_resources", "ResourceTagMappingList")
            if region in tagged and ":kms:" not in tagged
        ),
        *_kept_keys(cloud, region),
        *(name for name in ask("s3", "list_buckets", "Buckets") if region in name),
        *ask("scheduler", "list_schedules", "Schedules"),
        *ask("secretsmanager", "list_secrets", "SecretList"),
        *ask("ssm", "describe_parameters", "Parameters"),
        *(name for name in ask("iam", "list_roles", "Roles") if region in name),
    ]


def _kept_keys(cloud: LocalCloud, region: str) -> list[str]:
    """The keys that are not about to be deleted, which takes some days."""
    kms = cloud.client("kms", region_name=region)
    names = [key["KeyId"] for key in kms.list_keys()["Keys"]]
    found = [kms.describe_key(KeyId=name)["KeyMetadata"] for name in names]
    return [key["Arn"] for key in found if key["KeyState"] != "PendingDeletion"]


def written(cloud: LocalCloud, region: str, space: str = "default") -> dict[str, list[str]]:
    """What a space's ledger and bucket hold; marks of ports where strangers listen aside."""
    tables = cloud.client("dynamodb", region_name=region)
    items = tables.scan(TableName=f"herogate--{space}--ledger")["Items"]
    store = cloud.client("s3", region_name=region)
    bucket = next(
        each["Name"]
        for each in store.list_buckets()["Buckets"]
        if each["Name"].startswith(f"herogate--{space}--") and each["Name"].endswith(region)
    )
    versions = store.list_object_versions(Bucket=bucket)
    return {
        "ledger": sorted(str(item) for item in items if item.get("app") != {"S": "--"}),
        "bucket": sorted(version["Key"] for version in versions.get("Versions", [])),
    }


def files(cloud: LocalCloud) -> set[str]:
    """The files in which the cloud keeps what services hold."""
    root = cloud.directory.path
    found = {
        str(path.relative_to(root))
        for directory in _DIRECTORIES
        for path in (root / directory).rglob("*")
        if path.is_file()
    }
    return {name for name in found if not name.startswith(_KEPT)}
