"""The git URL of an app: ``herogate://[<profile>@]<region>/<app>``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote

from herogate.errors import InvalidRequest

SCHEME = "herogate"

_FORM = re.compile(
    rf"{SCHEME}://(?:(?P<profile>[^@/]+)@)?(?P<region>[a-z0-9-]+)/(?P<app>[a-z0-9-]+)/?"
)


@dataclass(frozen=True, kw_only=True)
class RemoteUrl:
    """An app, its region, and the AWS profile to reach it with (None: whichever is in force)."""

    app: str
    region: str
    profile: str | None = None

    def __str__(self) -> str:
        profile = "" if self.profile is None else f"{quote(self.profile, safe='')}@"
        return f"{SCHEME}://{profile}{self.region}/{self.app}"

    @classmethod
    def parse(cls, url: str) -> RemoteUrl:
        """Read a git URL. Raises `InvalidRequest` for one that is not of an app."""
        found = cls.find(url)
        if found is None:
            raise InvalidRequest(
                f"{url} is not the git URL of an app.",
                f"It has the form {SCHEME}://[<profile>@]<region>/<app>.",
            )
        return found

    @classmethod
    def find(cls, url: str) -> RemoteUrl | None:
        """Read any remote's git URL; None for one that is not of an app."""
        match = _FORM.fullmatch(url)
        if match is None:
            return None
        profile = match["profile"]
        return cls(
            app=match["app"],
            region=match["region"],
            profile=None if profile is None else unquote(profile),
        )
