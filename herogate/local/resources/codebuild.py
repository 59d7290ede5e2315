"""CodeBuild projects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from herogate.local.resources import Context, Handler, Properties, resource
from herogate.local.resources.outcomes import absence_is_fine
from herogate.local.resources.requests import send
from herogate.local.resources.tags import with_tags

_EMPTY: Properties = {
    "Cache": {"Type": "NO_CACHE"},
    "ConcurrentBuildLimit": -1,
    "Description": "",
    "FileSystemLocations": [],
    "LogsConfig": {"CloudWatchLogs": {"Status": "ENABLED"}},
    "QueuedTimeoutInMinutes": 480,
    "SecondaryArtifacts": [],
    "SecondarySourceVersions": [],
    "SecondarySources": [],
    "SourceVersion": "",
    "TimeoutInMinutes": 60,
    "VpcConfig": {},
}
"""What UpdateProject is told of a property that a template drops: left out, it would stay."""


@resource(
    "AWS::CodeBuild::Project",
    *_EMPTY,
    "Artifacts",
    "AutoRetryLimit",
    "BadgeEnabled",
    "EncryptionKey",
    "Environment",
    "Name",
    "ServiceRole",
    "Source",
    "Tags",
)
class Project(Handler):
    """How something is built. Its physical id is the name."""

    def create(self, context: Context, properties: Properties) -> str:
        named = {"Name": context.physical_name(150)} | with_tags(context, properties)
        made = send(context.client("codebuild"), "create_project", named)
        return str(made["project"]["name"])

    def update(
        self, context: Context, physical_id: str, properties: Properties, previous: Properties
    ) -> None:
        dropped = {name: _EMPTY[name] for name in _EMPTY.keys() & previous.keys()}
        wanted = {**dropped, **with_tags(context, properties), "Name": physical_id}
        send(context.client("codebuild"), "update_project", wanted)

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        with absence_is_fine():
            context.client("codebuild").delete_project(name=physical_id)

    def attributes(self, context: Context, physical_id: str) -> Mapping[str, Any]:
        projects = context.client("codebuild").batch_get_projects(names=[physical_id])["projects"]
        return {"Arn": projects[0]["arn"], "Id": physical_id}
