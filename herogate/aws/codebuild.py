"""CodeBuild: builds as they stand. The only place where their statuses and phases are spelled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from herogate.aws.session import Session
from herogate.errors import AwsRefused
from herogate.models import Build, BuildStatus

OWN_LINE = "[Container] "
"""How each line of a build's log begins that CodeBuild itself writes."""

_LAST_PHASE = "Phase complete: UPLOAD_ARTIFACTS"
"""After this nothing is written to a build's log but CodeBuild's word on that phase."""

_STATUSES = {
    "IN_PROGRESS": BuildStatus.RUNNING,
    "SUCCEEDED": BuildStatus.SUCCEEDED,
    "STOPPED": BuildStatus.STOPPED,
}
"""Every other one is a way of failing."""

_COMMIT_VARIABLE = "HEROGATE_COMMIT"
_AT_ONCE = 100


class Builds:
    """The builds of a region."""

    def __init__(self, session: Session) -> None:
        self._service = session.service("codebuild")

    def get(self, build_id: str) -> Build | None:
        """A build by its id; None if there is none."""
        found = self._described([build_id])
        return found[0] if found else None

    def of_project(self, project: str, count: int) -> list[Build] | None:
        """The newest builds of a project, newest first; None if there is no such project."""
        ids = self._ids(project, count)
        if ids is None:
            return None
        return [build for chunk in _chunks(ids) for build in self._described(chunk)]

    def ids(self, project: str) -> list[str]:
        """The ids of all builds of a project, newest first; none if there is no such project."""
        return self._ids(project, None) or []

    def stop(self, build_id: str) -> None:
        """Have a build stopped; one that is over stays so."""
        try:
            self._service.call("stop_build", id=build_id)
        except AwsRefused as refusal:
            if refusal.code != "ResourceNotFoundException":
                raise

    def delete(self, ids: Sequence[str]) -> None:
        """Forget builds that are over."""
        for chunk in _chunks(ids):
            self._service.call("batch_delete_builds", ids=list(chunk))

    def _ids(self, project: str, count: int | None) -> list[str] | None:
        listed = self._service.items(
            "list_builds_for_project", "ids", projectName=project, sortOrder="DESCENDING"
        )
        try:
            return [str(build_id) for build_id in islice(listed, count)]
        except AwsRefused as refusal:
            if refusal.code != "ResourceNotFoundException":
                raise
            return None

    def _described(self, ids: Sequence[str]) -> list[Build]:
        """Builds in the order of their ids."""
        answer = self._service.call("batch_get_builds", ids=list(ids))
        found = {item["id"]: _build(item) for item in answer["builds"]}
        return [found[build_id] for build_id in ids if build_id in found]


def _chunks(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), _AT_ONCE):
        yield ids[start : start + _AT_ONCE]


def _build(item: Mapping[str, Any]) -> Build:
    logs = item.get("logs", {})
    return Build(
        id=item["id"],
        number=int(item.get("buildNumber", 0)),
        status=_STATUSES.get(item["buildStatus"], BuildStatus.FAILED),
        started_at=item["startTime"],
        ended_at=item.get("endTime"),
        commit=_commit(item),
        log_group=logs.get("groupName"),
        log_stream=logs.get("streamName"),
        failure=_failure(item),
    )


def is_last_line(line: str) -> bool:
    """Whether what a build's programs wrote to its log was all written before this line."""
    return line.startswith(OWN_LINE) and _LAST_PHASE in line


def _commit(item: Mapping[str, Any]) -> str | None:
    variables = item.get("environment", {}).get("environmentVariables", [])
    named = {variable["name"]: variable["value"] for variable in variables}
    return named.get(_COMMIT_VARIABLE) or item.get("resolvedSourceVersion")


def _failure(item: Mapping[str, Any]) -> str | None:
    """What the first phase that failed says of it."""
    for phase in item.get("phases", []):
        if phase.get("phaseStatus") in (None, "SUCCEEDED"):
            continue
        said = (context.get("message") for context in phase.get("contexts", []))
        return next((message for message in said if message), None)
    return None
