"""The git repositories of apps, as git gets to them."""

from __future__ import annotations

from dataclasses import dataclass

from herogate.aws import codecommit
from herogate.aws.codecommit import GitPassword
from herogate.aws.session import Session
from herogate.errors import NotFound
from stacks import names


@dataclass(frozen=True, kw_only=True)
class Access:
    """Where git finds a repository, and the password that lets it in for a quarter of an hour."""

    clone_url: str
    password: GitPassword


class Repositories:
    """The git repositories of a region's apps."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._repositories = codecommit.Repositories(session)

    def access(self, app: str) -> Access:
        """How git gets to an app's repository. Raises `NotFound`."""
        clone_url = self._repositories.clone_url(names.repository(app))
        if clone_url is None:
            raise NotFound.app(app, self._session.region)
        return Access(clone_url=clone_url, password=self._repositories.password(clone_url))
