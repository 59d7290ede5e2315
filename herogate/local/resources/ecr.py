"""ECR repositories."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from herogate.local.resources import Context, Handler, Properties, resource
from herogate.local.resources.outcomes import absence_is_fine, undone_on_failure
from herogate.local.resources.requests import boolean, changed, document, send
from herogate.local.resources.tags import retag, with_tags


def _spelled(properties: Properties) -> dict[str, Any]:
    """The properties as ECR's calls spell them."""
    result = dict(properties)
    if filters := properties.get("ImageTagMutabilityExclusionFilters"):
        prefix = "ImageTagMutabilityExclusionFilter"
        result["ImageTagMutabilityExclusionFilters"] = [
            {"FilterType": each[f"{prefix}Type"], "Filter": each[f"{prefix}Value"]}
            for each in filters
        ]
    return result


@resource(
    "AWS::ECR::Repository",
    "EmptyOnDelete",
    "EncryptionConfiguration",
    "ImageScanningConfiguration",
    "ImageTagMutability",
    "ImageTagMutabilityExclusionFilters",
    "LifecyclePolicy",
    "RepositoryName",
    "RepositoryPolicyText",
    "Tags",
)
class Repository(Handler):
    """An image repository. Its physical id is the name."""

    def create(self, context: Context, properties: Properties) -> str:
        ecr = context.client("ecr")
        name = str(properties.get("RepositoryName") or context.physical_name(256, lower=True))
        named = {**_spelled(with_tags(context, properties)), "RepositoryName": name}
        send(ecr, "create_repository", named)
        with undone_on_failure(self, context, name, properties):
            self._set_policies(ecr, name, properties, {})
        return name

    def update(
        self, context: Context, physical_id: str, properties: Properties, previous: Properties
    ) -> None:
        ecr = context.client("ecr")
        named = {
            "ImageTagMutability": "MUTABLE",
            "ImageScanningConfiguration": {"ScanOnPush": False},
            **_spelled(properties),
            "RepositoryName": physical_id,
        }
        mutability = ("ImageTagMutability", "ImageTagMutabilityExclusionFilters")
        if any(changed(name, properties, previous) for name in mutability):
            send(ecr, "put_image_tag_mutability", named)
        if changed("ImageScanningConfiguration", properties, previous):
            send(ecr, "put_image_scanning_configuration", named)
        self._set_policies(ecr, physical_id, properties, previous)
        retag(ecr, self.attributes(context, physical_id)["Arn"], context, properties, previous)

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        force = boolean(properties.get("EmptyOnDelete", False))
        with absence_is_fine():
            context.client("ecr").delete_repository(repositoryName=physical_id, force=force)

    def attributes(self, context: Context, physical_id: str) -> Mapping[str, Any]:
        found = context.client("ecr").describe_repositories(repositoryNames=[physical_id])
        repository = found["repositories"][0]
        return {"Arn": repository["repositoryArn"], "RepositoryUri": repository["repositoryUri"]}

    def _set_policies(
        self, ecr: Any, name: str, properties: Properties, previous: Properties
    ) -> None:
        if changed("LifecyclePolicy", properties, previous):
            if policy := properties.get("LifecyclePolicy"):
                send(ecr, "put_lifecycle_policy", {**policy, "RepositoryName": name})
            else:
                with absence_is_fine():
                    ecr.delete_lifecycle_policy(repositoryName=name)
        if changed("RepositoryPolicyText", properties, previous):
            if text := properties.get("RepositoryPolicyText"):
                ecr.set_repository_policy(repositoryName=name, policyText=document(text))
            else:
                with absence_is_fine():
                    ecr.delete_repository_policy(repositoryName=name)
