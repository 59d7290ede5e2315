"""CodeBuild's projects, as declarations. Builds are ``codebuild_builds.py``'s."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from herogate.local.constraints import check
from herogate.local.errors import AwsError
from herogate.local.operations import Call, Result, operation
from herogate.local.operations.iam import role_trusts
from herogate.local.planes.codebuild import PROJECT

_PAGE = 100
_ENVIRONMENT_DEFAULTS = {"environmentVariables": [], "privilegedMode": False}
_DEFAULTS: Mapping[str, Any] = {
    "cache": {"type": "NO_CACHE"},
    "timeoutInMinutes": 60,
    "queuedTimeoutInMinutes": 480,
    "secondarySources": [],
    "secondarySourceVersions": [],
    "secondaryArtifacts": [],
    "tags": [],
}
_WITHOUT_LOCATION = frozenset({"CODEPIPELINE", "NO_SOURCE"})
_PAIRED_WITH_PIPELINE = "CODEPIPELINE"
_IMAGES_OF_CODEBUILD = "aws/codebuild/"


@operation("codebuild", "CreateProject")
async def create_project(call: Call) -> Result:
    check(call)
    check_project(call.parameters)
    await check_role(call, call.parameters["name"], call.parameters["serviceRole"])
    name = call.parameters["name"]
    if call.cloud.store.get(PROJECT, _key(call, name)) is not None:
        raise AwsError(
            "ResourceAlreadyExistsException", f"Project already exists: {project_arn(call, name)}"
        )
    project = _completed(call, call.parameters, created=time.time())
    call.cloud.store.put(PROJECT, _key(call, name), project)
    return {"project": _shown(project)}


@operation("codebuild", "UpdateProject")
async def update_project(call: Call) -> Result:
    check(call)
    name = call.parameters["name"]
    current = project_of(call, name)
    changed = {**current, **call.parameters}
    check_project(changed)
    if "serviceRole" in call.parameters:
        await check_role(call, name, call.parameters["serviceRole"])
    project = _completed(call, changed, created=current["created"])
    call.cloud.store.put(PROJECT, _key(call, name), project)
    return {"project": _shown(project)}


@operation("codebuild", "DeleteProject")
async def delete_project(call: Call) -> Result:
    """Deleting what is not there succeeds, as on AWS."""
    check(call)
    name = project_name(call, call.parameters["name"])
    call.cloud.store.delete(PROJECT, _key(call, name))
    await call.cloud.codebuild.forget_project(project_arn(call, name))
    return {}


@operation("codebuild", "BatchGetProjects")
async def batch_get_projects(call: Call) -> Result:
    check(call)
    found, missing = [], []
    for asked in call.parameters["names"]:
        project = call.cloud.store.get(PROJECT, _key(call, project_name(call, asked)))
        if project is None:
            missing.append(asked)
        else:
            found.append(_shown(project))
    return {"projects": found, "projectsNotFound": missing}


@operation("codebuild", "ListProjects")
async def list_projects(call: Call) -> Result:
    check(call)
    projects = [project for _, project in call.cloud.store.all(PROJECT, f"{call.region}/")]
    order = call.parameters.get("sortBy", "NAME")
    if order != "NAME":
        field = {"CREATED_TIME": "created", "LAST_MODIFIED_TIME": "lastModified"}[order]
        projects.sort(key=lambda project: float(project[field]))
    if call.parameters.get("sortOrder") == "DESCENDING":
        projects.reverse()
    start = page_start(call.parameters.get("nextToken"))
    names = [project["name"] for project in projects[start : start + _PAGE]]
    further = {"nextToken": str(start + _PAGE)} if len(projects) > start + _PAGE else {}
    return {"projects": names, **further}


def _completed(call: Call, given: Mapping[str, Any], *, created: float) -> dict[str, Any]:
    """A project's document: what was given, with what AWS fills in."""
    name, account = given["name"], call.cloud.account_id
    badge = {"badge": {"badgeEnabled": bool(given.get("badgeEnabled", False))}}
    return {
        "encryptionKey": f"arn:aws:kms:{call.region}:{account}:alias/aws/s3",
        **_DEFAULTS,
        **{key: value for key, value in given.items() if key != "badgeEnabled"},
        **(badge if "badgeEnabled" in given or "badge" not in given else {}),
        "arn": project_arn(call, name),
        "source": {"insecureSsl": False, **given["source"]},
        "artifacts": completed_artifacts(given["artifacts"], name),
        "environment": _completed_environment(given["environment"]),
        "projectVisibility": "PRIVATE",
        "created": created,
        "lastModified": time.time(),
    }


def completed_artifacts(artifacts: Mapping[str, Any], name: str) -> dict[str, Any]:
    if artifacts["type"] == "NO_ARTIFACTS":
        return dict(artifacts)
    defaults = {"name": name, "packaging": "NONE", "encryptionDisabled": False}
    if artifacts["type"] == "S3":
        defaults["namespaceType"] = "NONE"
    return {**defaults, **artifacts}


def _completed_environment(environment: Mapping[str, Any]) -> dict[str, Any]:
    variables = [
        {"type": "PLAINTEXT", **variable}
        for variable in environment.get("environmentVariables", [])
    ]
    credentials = {"imagePullCredentialsType": "CODEBUILD"}
    return {
        **_ENVIRONMENT_DEFAULTS,
        **credentials,
        **environment,
        "environmentVariables": variables,
    }


def _shown(project: Mapping[str, Any]) -> dict[str, Any]:
    moments = {
        field: datetime.fromtimestamp(project[field], UTC) for field in ("created", "lastModified")
    }
    return {**project, **moments}


def check_project(project: Mapping[str, Any]) -> None:
    """The rules between a project's parts, which no single field's limit expresses."""
    source, artifacts = project["source"]["type"], project["artifacts"]["type"]
    if (source == _PAIRED_WITH_PIPELINE) != (artifacts == _PAIRED_WITH_PIPELINE):
        raise invalid(
            "Invalid project source: source type and artifacts type must both be CODEPIPELINE, "
            f"or neither; got {source} and {artifacts}"
        )
    _check_source(project["source"])
    _check_artifacts(project["artifacts"])
    _check_environment(project["environment"])


def _check_source(source: Mapping[str, Any]) -> None:
    has_location = bool(source.get("location"))
    if source["type"] in _WITHOUT_LOCATION and has_location:
        raise invalid(f"Invalid source: source type {source['type']} should have null location")
    if source["type"] not in _WITHOUT_LOCATION and not has_location:
        raise invalid("Project source location is required")
    if source["type"] == "NO_SOURCE" and not source.get("buildspec"):
        raise invalid("Missing buildspec: a buildspec is required when source type is NO_SOURCE")


def _check_artifacts(artifacts: Mapping[str, Any]) -> None:
    if artifacts["type"] == "NO_ARTIFACTS" and artifacts.get("location"):
        raise invalid("Invalid artifacts: artifact type NO_ARTIFACTS should have null location")
    if artifacts["type"] == "S3" and not artifacts.get("location"):
        raise invalid("Invalid artifacts: artifact type S3 requires a location")


def _check_environment(environment: Mapping[str, Any]) -> None:
    names = [variable["name"] for variable in environment.get("environmentVariables", [])]
    for name in names:
        if names.count(name) > 1:
            raise invalid(f"Duplicate environment variable: {name}")
        if name.startswith("CODEBUILD_"):
            raise invalid(
                f"Invalid environment variable name: {name}. The prefix CODEBUILD_ is reserved"
            )
    own_credentials = environment.get("imagePullCredentialsType") == "SERVICE_ROLE"
    if own_credentials and environment["image"].startswith(_IMAGES_OF_CODEBUILD):
        raise invalid(
            "Invalid imagePullCredentialsType: CODEBUILD must be used with images of AWS CodeBuild"
        )


async def check_role(call: Call, name: str, role: str) -> None:
    if not role.startswith(f"arn:aws:iam::{call.cloud.account_id}:role/"):
        raise invalid(
            "Invalid service role: Service role account ID does not match caller's account"
            if role.startswith("arn:aws:iam::")
            else "Invalid service role"
        )
    context = {"aws:sourceaccount": call.cloud.account_id, "aws:sourcearn": project_arn(call, name)}
    if not await role_trusts(call, role, "codebuild.amazonaws.com", context):
        raise invalid(f"CodeBuild is not authorized to perform: sts:AssumeRole on {role}")


def project_of(call: Call, asked: str) -> dict[str, Any]:
    name = project_name(call, asked)
    project = call.cloud.store.get(PROJECT, _key(call, name))
    if project is None:
        raise AwsError(
            "ResourceNotFoundException", f"Project cannot be found: {project_arn(call, name)}"
        )
    return project


def project_name(call: Call, asked: str) -> str:
    """A project's name; wherever AWS takes one, it takes the ARN too."""
    return asked.removeprefix(project_arn(call, ""))


def project_arn(call: Call, name: str) -> str:
    return f"arn:aws:codebuild:{call.region}:{call.cloud.account_id}:project/{name}"


def _key(call: Call, name: str) -> str:
    return f"{call.region}/{name}"


def page_start(token: str | None) -> int:
    if token is None:
        return 0
    if not token.isdecimal():
        raise invalid("Invalid nextToken")
    return int(token)


def invalid(message: str) -> AwsError:
    return AwsError("InvalidInputException", message)
