"""What projects may ask for and no build of the local cloud has. Pure; refused by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from herogate.local.errors import not_supported
from herogate.local.planes.codebuild.sources import SUPPORTED

Document = Mapping[str, Any]

_CONTAINERS: Final = ("LINUX_CONTAINER", "ARM_CONTAINER")


def check_runnable(project: Document) -> None:
    """Refuse what a project asks for that no build of the local cloud has.

    Raises:
        AwsError: ``NotImplemented``, naming it.
    """
    for source in (project["source"], *project["secondarySources"]):
        if source["type"] not in SUPPORTED:
            raise not_supported(f"sources of the type {source['type']} in builds")
        if source.get("gitSubmodulesConfig", {}).get("fetchSubmodules"):
            raise not_supported("git submodules in builds")
    for what, is_asked in _REFUSED.items():
        if is_asked(project):
            raise not_supported(f"{what} in builds")


_REFUSED: Final[Mapping[str, Callable[[Document], bool]]] = {
    "other environments than Linux containers": lambda project: (
        project["environment"]["type"] not in _CONTAINERS
    ),
    "a VPC": lambda project: bool(project.get("vpcConfig", {}).get("vpcId")),
    "file systems": lambda project: bool(project.get("fileSystemLocations")),
    "fleets": lambda project: "fleet" in project["environment"],
    "docker servers": lambda project: "dockerServer" in project["environment"],
    "certificates": lambda project: bool(project["environment"].get("certificate")),
    "registry credentials": lambda project: "registryCredential" in project["environment"],
    "a cache in S3": lambda project: project["cache"]["type"] == "S3",
    "logs in S3": lambda project: (
        project.get("logsConfig", {}).get("s3Logs", {}).get("status") == "ENABLED"
    ),
    "automatic retries": lambda project: bool(project.get("autoRetryLimit")),
}
