"""Builds as documents: CodeBuild's own shape, with what the plane needs to carry one out.

A document's ``build`` is what BatchGetBuilds shows, with moments in seconds; ``sources`` and
``outputs`` are where the build's files come from and go to. Nothing runs here.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote

from herogate.local.planes.codebuild.artifacts import Artifact
from herogate.local.planes.codebuild.failures import PhaseFailure
from herogate.local.planes.codebuild.status import BuildStatus, PhaseType
from herogate.local.store import Store

_KIND: Final = "codebuild.build"
"""Documents of builds, by ``<region>/<project>:<uuid>``."""

_COUNTER: Final = "codebuild.counter"
"""The number of the last build, by ``<region>/<project>``; it outlives the project, as builds do."""

_MOMENTS: Final = ("startTime", "endTime")
Document = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Order:
    """A build to be made.

    Attributes:
        project: the project's document, with what this build overrides already in place.
        initiator: who started it: a user's name, or ``codepipeline/<name>``.
        sources: artifacts of a codepipeline in place of the project's sources, the primary one first.
        outputs: artifacts that the codepipeline awaits.
        asked: the parameters of StartBuild, for RetryBuild; None for a codepipeline's build.
    """

    region: str
    account_id: str
    project: Mapping[str, Any]
    initiator: str
    source_version: str | None = None
    sources: tuple[Artifact, ...] = ()
    outputs: tuple[Artifact, ...] = ()
    asked: Mapping[str, Any] | None = None


class Builds:
    """The builds that the store knows."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, order: Order, now: float) -> Document:
        """Note a new build, submitted and queued; its document."""
        counter = f"{order.region}/{order.project['name']}"
        number = (self._store.get(_COUNTER, counter) or {"last": 0})["last"] + 1
        self._store.put(_COUNTER, counter, {"last": number})
        document = _document(order, number, str(uuid.uuid4()), now)
        self.put(document)
        return document

    def put(self, document: Document) -> None:
        """Note what has become of a build."""
        self._store.put(_KIND, f"{document['region']}/{document['build']['id']}", document)

    def get(self, region: str, build_id: str) -> Document | None:
        """A build's document, or None."""
        return self._store.get(_KIND, f"{region}/{build_id}")

    def remove(self, region: str, build_id: str) -> None:
        """Forget a build."""
        self._store.delete(_KIND, f"{region}/{build_id}")

    def forget_before(self, time: float) -> None:
        """Forget the builds that ended before a time."""
        for document in self.all():
            if document["build"].get("endTime", time) < time:
                self.remove(document["region"], document["build"]["id"])

    def all(self, region: str = "", project: str | None = None) -> list[Document]:
        """The builds of a region, or of one of its projects, oldest first; of all regions if none."""
        prefix = f"{region}/" if region else ""
        named = prefix if project is None else f"{prefix}{project}:"
        documents = [document for _, document in self._store.all(_KIND, named)]
        return sorted(documents, key=lambda each: (each["build"]["startTime"], each["build"]["id"]))

    def active(self, region: str, project: str) -> int:
        """How many builds of a project are not over."""
        return sum(not each["build"]["buildComplete"] for each in self.all(region, project))


def shown(document: Mapping[str, Any]) -> Document:
    """A build as BatchGetBuilds shows it."""
    build = _with_moments(document["build"])
    return {**build, "phases": [_with_moments(phase) for phase in build["phases"]]}


def sources(document: Mapping[str, Any]) -> tuple[Artifact, ...]:
    """The codepipeline's artifacts that a build is made from."""
    return tuple(Artifact(**each) for each in document["sources"])


def outputs(document: Mapping[str, Any]) -> tuple[Artifact, ...]:
    """The artifacts that a codepipeline awaits of a build."""
    return tuple(Artifact(**each) for each in document["outputs"])


def enter(document: Document, phase: PhaseType, now: float) -> None:
    """Begin a phase; COMPLETED has no end."""
    build = document["build"]
    build["currentPhase"] = phase
    build["phases"].append({"phaseType": phase, "startTime": now})


def leave(
    document: Document, status: BuildStatus, now: float, failure: PhaseFailure | None = None
) -> Document:
    """End the current phase; the phase as it is now."""
    phase: Document = document["build"]["phases"][-1]
    code, message = (failure.code, failure.message) if failure else ("", "")
    phase |= {
        "phaseStatus": status,
        "endTime": now,
        "durationInSeconds": int(now - phase["startTime"]),
        "contexts": [{"statusCode": code, "message": message}],
    }
    return phase


def finish(document: Document, status: BuildStatus, now: float) -> None:
    """End a build: its status will not change any more."""
    enter(document, PhaseType.COMPLETED, now)
    document["build"] |= {"buildStatus": status, "buildComplete": True, "endTime": now}


def _document(order: Order, number: int, identifier: str, now: float) -> Document:
    project = order.project
    build_id = f"{project['name']}:{identifier}"
    document: Document = {
        "region": order.region,
        "project_arn": project["arn"],
        "sources": [asdict(each) for each in order.sources],
        "outputs": [asdict(each) for each in order.outputs],
        "asked": order.asked,
        "build": {
            "id": build_id,
            "arn": f"arn:aws:codebuild:{order.region}:{order.account_id}:build/{build_id}",
            "buildNumber": number,
            "startTime": now,
            "buildStatus": BuildStatus.IN_PROGRESS,
            "buildComplete": False,
            "projectName": project["name"],
            "phases": [],
            "artifacts": _awaited(project["artifacts"], order.outputs[:1], build_id),
            "secondaryArtifacts": _all_awaited(project, order.outputs, build_id),
            "cache": project["cache"],
            "environment": project["environment"],
            "serviceRole": project["serviceRole"],
            "logs": _logs(order, identifier),
            "timeoutInMinutes": project["timeoutInMinutes"],
            "queuedTimeoutInMinutes": project["queuedTimeoutInMinutes"],
            "initiator": order.initiator,
            "encryptionKey": project["encryptionKey"],
            "source": project["source"],
            "secondarySources": project["secondarySources"],
            "secondarySourceVersions": project["secondarySourceVersions"],
        },
        "artifacts": [project["artifacts"], *project["secondaryArtifacts"]],
    }
    if order.source_version:
        document["build"]["sourceVersion"] = order.source_version
    enter(document, PhaseType.SUBMITTED, now)
    leave(document, BuildStatus.SUCCEEDED, now)
    enter(document, PhaseType.QUEUED, now)
    return document


def _all_awaited(
    project: Mapping[str, Any], awaited: Sequence[Artifact], build_id: str
) -> list[Document]:
    if awaited:
        return [{**_of_codepipeline(each), "artifactIdentifier": each.name} for each in awaited[1:]]
    return [
        {**_awaited(each, (), build_id), "artifactIdentifier": each["artifactIdentifier"]}
        for each in project["secondaryArtifacts"]
    ]


def _awaited(artifacts: Mapping[str, Any], awaited: Sequence[Artifact], build_id: str) -> Document:
    for each in awaited:
        return _of_codepipeline(each)
    if artifacts["type"] != "S3":
        return {"location": ""}
    key = artifact_key(artifacts, build_id, artifacts["name"])
    return {
        "location": f"arn:aws:s3:::{artifacts['location']}/{key}",
        "overrideArtifactName": artifacts.get("overrideArtifactName", False),
        "encryptionDisabled": artifacts.get("encryptionDisabled", False),
    }


def _of_codepipeline(artifact: Artifact) -> Document:
    return {"location": f"arn:aws:s3:::{artifact.bucket}/{artifact.key}"}


def artifact_key(artifacts: Mapping[str, Any], build_id: str, name: str) -> str:
    """Where in its bucket an S3 artifact goes: ``<path>/<build's uuid>/<name>``, as far as given."""
    path = artifacts.get("path", "").strip("/")
    namespace = build_id.partition(":")[2] if artifacts.get("namespaceType") == "BUILD_ID" else ""
    return "/".join(part for part in (path, namespace, "" if name == "/" else name) if part)


def _logs(order: Order, identifier: str) -> Document:
    configured = order.project.get("logsConfig", {}).get("cloudWatchLogs", {"status": "ENABLED"})
    shared = {"cloudWatchLogs": configured}
    if configured["status"] == "DISABLED":
        return shared
    group = configured.get("groupName") or f"/aws/codebuild/{order.project['name']}"
    prefix = configured.get("streamName")
    stream = f"{prefix}/{identifier}" if prefix else identifier
    place = f"log-groups/log-group/{quote(group, safe='')}/log-events/{quote(stream, safe='')}"
    arn = f"arn:aws:logs:{order.region}:{order.account_id}:log-group:{group}:log-stream:{stream}"
    return {
        **shared,
        "groupName": group,
        "streamName": stream,
        "deepLink": "https://console.aws.amazon.com/cloudwatch/home"
        f"?region={order.region}#logsV2:{place}",
        "cloudWatchLogsArn": arn,
    }


def _with_moments(document: Mapping[str, Any]) -> Document:
    """The document with moments as such, to the millisecond as AWS has them."""
    moments = {
        field: datetime.fromtimestamp(round(document[field], 3), UTC)
        for field in _MOMENTS
        if field in document
    }
    return {**document, **moments}


def unfinished(builds: Builds) -> Iterator[Document]:
    """The builds that are not over."""
    return (each for each in builds.all() if not each["build"]["buildComplete"])
