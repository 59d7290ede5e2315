"""ECR: the repositories of images."""

from __future__ import annotations

from herogate.aws.session import Session
from herogate.errors import AwsRefused


class ImageRepositories:
    """The image repositories of a region."""

    def __init__(self, session: Session) -> None:
        self._service = session.service("ecr")

    def delete(self, name: str) -> None:
        """Delete a repository with all its images; one that is gone is no error."""
        try:
            self._service.call("delete_repository", repositoryName=name, force=True)
        except AwsRefused as refusal:
            if refusal.code != "RepositoryNotFoundException":
                raise
