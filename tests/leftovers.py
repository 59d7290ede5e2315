"""What still stands in a region, asked with plain boto3."""

from __future__ import annotations

from local_cloud import LocalCloud


def leftovers(cloud: LocalCloud, region: str) -> list[str]:
    """What still stands in a region."""

    def ask(service: str, operation: str, key: str) -> list[str]:
        client = cloud.client(service, region_name=region)
        return [str(item) for item in getattr(client, operation)()[key]]

    return [
        *ask("cloudformation", "describe_stacks", "Stacks"),
        *ask("codecommit", "list_repositories", "repositories"),
        *ask("codebuild", "list_projects", "projects"),
        *ask("codepipeline", "list_pipelines", "pipelines"),
        *ask("dynamodb", "list_tables", "TableNames"),
        *ask("ecr", "describe_repositories", "repositories"),
        *ask("ecs", "list_clusters", "clusterArns"),
        *ask("elbv2", "describe_load_balancers", "LoadBalancers"),
        *ask("elbv2", "describe_target_groups", "TargetGroups"),
        *ask("events", "list_rules", "Rules"),
        *ask("logs", "describe_log_groups", "logGroups"),
        *(name for name in ask("s3", "list_buckets", "Buckets") if region in name),
        *(name for name in ask("iam", "list_roles", "Roles") if region in name),
    ]
