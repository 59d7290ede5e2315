"""CodeCommit: where an app's repository is, and the password by which git gets in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest

from herogate.aws.session import Session
from herogate.errors import AwsRefused


@dataclass(frozen=True, kw_only=True)
class GitPassword:
    """A user name and password for git, good for one repository and a quarter of an hour."""

    user: str
    password: str

    def __repr__(self) -> str:
        return f"GitPassword(user={self.user.partition('%')[0]!r})"


class Repositories:
    """The git repositories of a region."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._service = session.service("codecommit")

    def clone_url(self, name: str) -> str | None:
        """The HTTPS address of a repository; None if there is none."""
        try:
            answer = self._service.call("get_repository", repositoryName=name)
        except AwsRefused as refusal:
            if refusal.code == "RepositoryDoesNotExistException":
                return None
            raise
        return str(answer["repositoryMetadata"]["cloneUrlHttp"])

    def author(self, name: str, commit: str) -> str:
        """Whose work a commit is: the author's e-mail address or, without one, name."""
        answer = self._service.call("get_commit", repositoryName=name, commitId=commit)
        author = answer["commit"].get("author", {})
        return str(author.get("email") or author.get("name") or "unknown")

    def password(self, clone_url: str) -> GitPassword:
        """A password for a clone URL: its signature, as AWS's own credential helper makes it."""
        credentials = self._session.credentials
        address = urlsplit(clone_url)
        signer = SigV4Auth(credentials, "codecommit", self._session.region)
        request = AWSRequest(method="GIT", url=clone_url)
        request.context["timestamp"] = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
        canonical = f"GIT\n{address.path}\n\nhost:{address.hostname}\n\nhost\n"
        signature = signer.signature(signer.string_to_sign(request, canonical), request)
        token = f"%{credentials.token}" if credentials.token else ""
        return GitPassword(
            user=f"{credentials.access_key}{token}",
            password=f"{request.context['timestamp']}Z{signature}",
        )
