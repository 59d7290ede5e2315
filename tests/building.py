"""What tests of builds share: roles, projects, and the end of a build waited for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local_cloud import LocalCloud
from roles import make_role
from waiting import wait_for

ENVIRONMENT = {
    "type": "LINUX_CONTAINER",
    "image": "aws/codebuild/amazonlinux-x86_64-standard:5.0",
    "computeType": "BUILD_GENERAL1_SMALL",
}


@dataclass(frozen=True, kw_only=True)
class Building:
    """CodeBuild on a cloud, with a role that it may take on."""

    cloud: LocalCloud
    codebuild: Any
    role: str

    def project(self, name: str, buildspec: str | None, **further: Any) -> str:
        """Create a project without source and artifacts, unless told otherwise; its name."""
        given = further.pop("source", {"type": "NO_SOURCE"})
        source = given if buildspec is None else {**given, "buildspec": buildspec}
        environment = {**ENVIRONMENT, **further.pop("environment", {})}
        declared = {"artifacts": {"type": "NO_ARTIFACTS"}, **further}
        self.codebuild.create_project(
            name=name, source=source, environment=environment, serviceRole=self.role, **declared
        )
        return name

    def build(self, project: str, **asked: Any) -> Mapping[str, Any]:
        """Start a build and wait for its end; the build."""
        started = self.codebuild.start_build(projectName=project, **asked)["build"]
        return self.ended(started["id"])

    def ended(self, build_id: str) -> Mapping[str, Any]:
        """Wait for a build's end; the build."""
        return wait_for(lambda: self.current(build_id), lambda build: bool(build["buildComplete"]))

    def current(self, build_id: str) -> Mapping[str, Any]:
        """The build as it is."""
        found: Mapping[str, Any] = self.codebuild.batch_get_builds(ids=[build_id])["builds"][0]
        return found

    def log(self, build: Mapping[str, Any]) -> list[str]:
        """Everything that a build said."""
        logs = self.cloud.client("logs")
        place = {
            "logGroupName": build["logs"]["groupName"],
            "logStreamName": build["logs"]["streamName"],
        }
        lines: list[str] = []
        token: dict[str, str] = {}
        while True:
            page = logs.get_log_events(startFromHead=True, **place, **token)
            if not page["events"]:
                return lines
            lines += [event["message"] for event in page["events"]]
            token = {"nextToken": page["nextForwardToken"]}

    def said(self, build: Mapping[str, Any]) -> list[str]:
        """What a build's commands wrote."""
        return [line for line in self.log(build) if not line.startswith("[Container] ")]


def building(cloud: LocalCloud, name: str) -> Building:
    """Everything that builds need, under a name of its own."""
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "codebuild.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
    role = make_role(cloud.client("iam"), name, json.dumps(trust))
    return Building(cloud=cloud, codebuild=cloud.client("codebuild"), role=role)
