"""What an app is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from herogate.models.status import Status


@dataclass(frozen=True, kw_only=True)
class App:
    """An app: a name, an address on the web, and a git repository to push to.

    Attributes:
        web_url: where its web processes answer; None while AWS has not said it yet.
        git_url: what ``git push`` takes: ``herogate://[<profile>@]<region>/<app>``.
        clone_url: the repository's plain HTTPS address; None while it is being made.
    """

    name: str
    space: str
    region: str
    status: Status
    git_url: str
    created_at: datetime
    web_url: str | None = None
    clone_url: str | None = None
    git_branch: str | None = None
