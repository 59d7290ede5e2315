"""Builds have no more rights than their roles, in what is no call of an API, too."""

from __future__ import annotations

import base64
import json
from typing import Any

from building import ENVIRONMENT, Building
from local_cloud import LocalCloud
from registries import OCI_IMAGE, Client, client_at
from roles import make_role

READ_ONLY = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": ["ecr:BatchGetImage", "ecr:GetAuthorizationToken", "logs:*"],
                "Resource": "*",
            }
        ],
    }
)
NOTHING = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}],
    }
)


def trusted(service: str) -> str:
    allowed = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [allowed]})


def build(cloud: LocalCloud, name: str, policy: str, **project: Any) -> Any:
    """A build of a project whose role has this policy, at its end; with what it said."""
    role = make_role(cloud.client("iam"), name, trusted("codebuild.amazonaws.com"), policy)
    builds = Building(cloud=cloud, codebuild=cloud.client("codebuild"), role=role)
    declared = {
        "artifacts": {"type": "NO_ARTIFACTS"},
        "environment": ENVIRONMENT,
    }
    builds.codebuild.create_project(name=name, serviceRole=role, **{**declared, **project})
    return builds, builds.build(name)


def context_of(ended: Any, phase: str) -> Any:
    """Why a phase of a build has failed."""
    (found,) = [each for each in ended["phases"] if each["phaseType"] == phase]
    return found["contexts"][0]


def test_a_build_whose_role_may_not_write_its_log_is_not_begun(cloud: LocalCloud) -> None:
    source = {"type": "NO_SOURCE", "buildspec": "version: 0.2"}
    _, ended = build(cloud, "no-log", NOTHING, source=source)
    assert ended["buildStatus"] == "FAILED"
    context = context_of(ended, "PROVISIONING")
    assert context["statusCode"] == "ACCESS_DENIED"
    assert "is not authorized to perform: logs:CreateLog" in context["message"]


def test_a_build_whose_role_may_not_pull_gets_no_source(cloud: LocalCloud) -> None:
    made = cloud.client("codecommit").create_repository(repositoryName="no-pull")
    location = made["repositoryMetadata"]["cloneUrlHttp"]
    source = {"type": "CODECOMMIT", "location": location, "buildspec": "version: 0.2"}
    _, ended = build(cloud, "no-pull", READ_ONLY, source=source)
    message = context_of(ended, "DOWNLOAD_SOURCE")["message"]
    assert "is not authorized to perform: codecommit:GitPull" in message


def test_a_login_at_the_registry_has_the_rights_of_who_asked_for_it(cloud: LocalCloud) -> None:
    cloud.client("ecr").create_repository(repositoryName="no-push")
    digest = client_at(cloud, "no-push").push_image([b"layer"], "tag")
    login = "aws ecr get-authorization-token --query authorizationData[].authorizationToken"
    spec = {"version": 0.2, "phases": {"build": {"commands": [f"{login} --output text"]}}}
    source = {"type": "NO_SOURCE", "buildspec": json.dumps(spec, indent=1)}
    builds, ended = build(cloud, "no-push", READ_ONLY, source=source)
    (token,) = [line.strip() for line in builds.said(ended)]
    assert base64.b64decode(token).startswith(b"AWS:")

    reader = Client(
        address=cloud.endpoint_url,
        repository=f"{cloud.region}/no-push",
        headers={"Authorization": f"Basic {token}"},
    )
    found = reader.call("GET", f"manifests/{digest}")
    assert found.status == 200
    pushed = reader.call("PUT", "manifests/other", found.body, Content_Type=OCI_IMAGE)
    assert (pushed.status, json.loads(pushed.body)["errors"][0]["code"]) == (403, "DENIED")
