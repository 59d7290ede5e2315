"""A running local cloud as tests see it: from outside."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import boto3
import botocore.loaders
import botocore.session
from last_wishes import end_with_this_process

from herogate.local import lifecycle
from herogate.local.directory import PROFILE, Directory
from herogate.local.runtimes.choice import RuntimeName

# Else each session reads its services' models anew: five sixths of what making a client takes.
botocore.loaders.create_loader = botocore.session.create_loader = cache(
    botocore.loaders.create_loader
)


@dataclass(frozen=True, kw_only=True)
class LocalCloud:
    """A running local cloud, seen from outside."""

    directory: Directory
    endpoint_url: str
    access_key_id: str
    secret_access_key: str
    region: str = "us-east-1"

    def client(self, service: str, **options: Any) -> Any:
        """A plain boto3 client on this cloud, as its developer."""
        known: dict[str, Any] = {
            "region_name": self.region,
            "endpoint_url": self.endpoint_url,
            "aws_access_key_id": self.access_key_id,
            "aws_secret_access_key": self.secret_access_key,
        }
        return boto3.Session().client(service, **{**known, **options})  # type: ignore[call-overload]

    @property
    def environment(self) -> dict[str, str]:
        """The environment of a shell in which `herogate local env` was evaluated."""
        changed = lifecycle.environment(self.directory)
        kept = {name: value for name, value in os.environ.items() if name not in changed}
        given = {name: value for name, value in changed.items() if value is not None}
        return {**kept, **given, "HEROGATE_LOCAL_DIR": str(self.directory.path)}


def running(directory: Directory, runtime: str = RuntimeName.PROCESS) -> LocalCloud:
    """The local cloud that lives in `directory`, started if it does not."""
    endpoint_url = lifecycle.start(directory, runtime=runtime).endpoint_url
    end_with_this_process(directory)
    key = _credentials(directory)
    return LocalCloud(
        directory=directory,
        endpoint_url=endpoint_url,
        access_key_id=key["aws_access_key_id"],
        secret_access_key=key["aws_secret_access_key"],
    )


def _credentials(directory: Directory) -> Mapping[str, str]:
    lines = directory.aws_credentials.read_text().splitlines()
    assert lines[0] == f"[{PROFILE}]"
    return dict(line.split(" = ", 1) for line in lines[1:])
