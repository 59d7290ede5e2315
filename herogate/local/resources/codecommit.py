"""CodeCommit repositories."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from herogate.local.resources import Context, Handler, Properties, resource
from herogate.local.resources.outcomes import absence_is_fine
from herogate.local.resources.requests import changed, send
from herogate.local.resources.tags import retag, with_tags


@resource(
    "AWS::CodeCommit::Repository", "KmsKeyId", "RepositoryDescription", "RepositoryName", "Tags"
)
class Repository(Handler):
    """A git repository. Its physical id is CodeCommit's id, which outlives a change of name."""

    def create(self, context: Context, properties: Properties) -> str:
        codecommit = context.client("codecommit")
        made = send(codecommit, "create_repository", with_tags(context, properties))
        return str(made["repositoryMetadata"]["repositoryId"])

    def update(
        self, context: Context, physical_id: str, properties: Properties, previous: Properties
    ) -> None:
        codecommit = context.client("codecommit")
        name = properties["RepositoryName"]
        if changed("RepositoryName", properties, previous):
            self._rename(codecommit, previous["RepositoryName"], name)
        if changed("RepositoryDescription", properties, previous):
            described = {"RepositoryDescription": "", **properties}
            send(codecommit, "update_repository_description", described)
        if changed("KmsKeyId", properties, previous):
            encrypted = {"KmsKeyId": "alias/aws/codecommit", **properties}
            send(codecommit, "update_repository_encryption_key", encrypted)
        arn = codecommit.get_repository(repositoryName=name)["repositoryMetadata"]["Arn"]
        retag(codecommit, arn, context, properties, previous)

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        name = properties["RepositoryName"]
        with absence_is_fine():
            context.client("codecommit").delete_repository(repositoryName=name)

    def attributes(self, context: Context, physical_id: str) -> Mapping[str, Any]:
        codecommit = context.client("codecommit")
        pages = codecommit.get_paginator("list_repositories").paginate()
        listed = (each for page in pages for each in page["repositories"])
        name = next(e["repositoryName"] for e in listed if e["repositoryId"] == physical_id)
        found = codecommit.get_repository(repositoryName=name)["repositoryMetadata"]
        return {
            "Arn": found["Arn"],
            "CloneUrlHttp": found["cloneUrlHttp"],
            "CloneUrlSsh": found["cloneUrlSsh"],
            "Name": name,
            "RepositoryId": physical_id,
        }

    def _rename(self, codecommit: Any, old: str, new: str) -> None:
        try:
            codecommit.update_repository_name(oldName=old, newName=new)
        except ClientError as error:
            # A rollback of an update that failed before it came to the name.
            if error.response["Error"]["Code"] != "RepositoryDoesNotExistException":
                raise
            codecommit.get_repository(repositoryName=new)
