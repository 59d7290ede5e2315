"""Where a build's files come from: a codepipeline's artifacts, repositories, S3.

A repository is cloned whole: whatever depth is asked for, what is there is what was pushed.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from herogate.local.errors import AwsError
from herogate.local.planes.codebuild import records
from herogate.local.planes.codebuild.artifacts import unpack
from herogate.local.planes.codebuild.failures import PhaseFailure, client_error
from herogate.local.planes.codebuild.threads import in_thread
from herogate.local.runtimes.child import Child, Command

if TYPE_CHECKING:
    from herogate.local.cloud import Cloud
    from herogate.local.identity import Caller

SUPPORTED: Final = frozenset({"CODECOMMIT", "CODEPIPELINE", "NO_SOURCE", "S3"})
"""Types of sources that can be fetched."""

_REPOSITORY: Final = re.compile(r"https?://[^/]+/v1/repos/([\w.-]+?)/?", re.ASCII)
_COMMIT: Final = re.compile(r"[0-9a-f]{40}")
_REFERENCE_BYTES: Final = 16_384
_GIT: Final = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C.UTF-8",
}


@dataclass(frozen=True, kw_only=True)
class Source:
    """One source of a build.

    Attributes:
        identifier: the empty text for the primary source.
        kind: ``ARTIFACT``, or CodeBuild's type of source.
        location: ``<bucket>/<key>``, or the repository's clone URL.
        version: a commit, branch or tag; an object's version; None for the newest.
    """

    identifier: str
    kind: str
    location: str = ""
    version: str | None = None

    @property
    def object(self) -> tuple[str, str]:
        """Bucket and key."""
        bucket, _, key = self.location.removeprefix("arn:aws:s3:::").partition("/")
        return bucket, key


def sources(document: Mapping[str, Any]) -> list[Source]:
    """A build's sources, the primary one first."""
    given = records.sources(document)
    if given:
        names = ["", *(each.name for each in given[1:])]
        return [
            Source(identifier=name, kind="ARTIFACT", location=f"{each.bucket}/{each.key}")
            for name, each in zip(names, given, strict=True)
        ]
    build = document["build"]
    versions = {
        each["sourceIdentifier"]: each["sourceVersion"] for each in build["secondarySourceVersions"]
    }
    primary = _declared("", build["source"], build.get("sourceVersion"))
    further = [
        _declared(each["sourceIdentifier"], each, versions.get(each["sourceIdentifier"]))
        for each in build["secondarySources"]
    ]
    return [primary, *further]


def _declared(identifier: str, source: Mapping[str, Any], version: str | None) -> Source:
    return Source(
        identifier=identifier,
        kind=source["type"],
        location=source.get("location", ""),
        version=version or None,
    )


class Fetching:
    """Brings the sources of one build to this machine, in the name of its role."""

    def __init__(
        self, cloud: Cloud, caller: Caller, *, region: str, scratch: Path, home: Path
    ) -> None:
        self._cloud = cloud
        self._caller = caller
        self._region = region
        self._scratch = scratch
        self._home = home

    async def fetch(self, source: Source, directory: Path) -> str | None:
        """Fill an empty directory; the version it then holds, where that is known.

        Raises:
            PhaseFailure: the source cannot be had.
        """
        match source.kind:
            case "NO_SOURCE":
                return None
            case "CODECOMMIT":
                return await self._declared_repository(source, directory)
            case "S3":
                return await self._objects(source, directory)
        return await self._artifact(source, directory)

    async def file(self, bucket: str, key: str) -> Path:
        """A copy of an object, until the next one is fetched.

        Raises:
            PhaseFailure: it cannot be had.
        """
        copy = self._scratch / "object"
        await in_thread(self._download, bucket, key, None, copy)
        return copy

    async def _artifact(self, source: Source, directory: Path) -> str | None:
        file = await self.file(*source.object)
        reference = _clone_reference(file)
        if reference is None:
            await in_thread(unpack, file, directory)
            return source.version
        file.unlink()
        region = str(reference.get("region") or self._region)
        name, commit = str(reference.get("repositoryName")), str(reference.get("commitId"))
        if not _COMMIT.fullmatch(commit):
            raise client_error(f"the source artifact names no commit: {commit}")
        return await self._clone(region, name, commit, directory)

    async def _declared_repository(self, source: Source, directory: Path) -> str:
        found = _REPOSITORY.fullmatch(source.location)
        if found is None:
            raise client_error(f"no CodeCommit repository has the location {source.location}")
        return await self._clone(self._region, found[1], source.version, directory)

    async def _clone(self, region: str, name: str, version: str | None, directory: Path) -> str:
        arn = f"arn:aws:codecommit:{region}:{self._cloud.account_id}:{name}"
        try:
            bare = self._cloud.git.path(region, name)
            await self._cloud.authority.require(self._caller.arn, ["codecommit:GitPull"], arn)
            answer = await self._cloud.calls.ask(
                "codecommit",
                "GetRepository",
                {"repositoryName": name},
                region=region,
                caller=self._cloud.root,
            )
        except AwsError as error:
            raise client_error(f"repository {name} not found: {error.message}") from error
        origin = answer["repositoryMetadata"]["cloneUrlHttp"]
        await self._git(
            ["clone", "--quiet", "--no-hardlinks", "--template=", str(bare), "."], directory
        )
        await self._git(["remote", "set-url", "origin", origin], directory)
        commit = await self._commit(version, directory)
        await self._git(["checkout", "--quiet", "--detach", commit], directory)
        return commit

    async def _commit(self, version: str | None, directory: Path) -> str:
        """The commit that a version of a source means: a branch before a tag or a commit."""
        if version is None:
            return (await self._git(["rev-parse", "--verify", "HEAD^{commit}"], directory)).strip()
        name = version.removeprefix("refs/heads/")
        listed = await self._git(
            ["for-each-ref", "--format=%(refname)", f"refs/remotes/origin/{name}"], directory
        )
        wanted = f"refs/remotes/origin/{name}" if listed.strip() else version
        verify = ["rev-parse", "--verify", "--end-of-options", f"{wanted}^{{commit}}"]
        return (await self._git(verify, directory)).split()[-1]

    async def _git(self, arguments: Sequence[str], directory: Path) -> str:
        written: list[bytes] = []

        async def output(piece: bytes) -> None:
            written.append(piece)

        command = Command(
            argv=("git", *arguments),
            environment={**_GIT, "HOME": str(self._home)},
            directory=directory,
        )
        child = await Child.start(command, inherited=[self._cloud.lock], output=output)
        try:
            status = await child.ended()
        except BaseException:
            child.kill()
            await child.ended()
            raise
        text = b"".join(written).decode(errors="replace")
        if status != 0:
            raise client_error(f"git {arguments[0]} failed: {text.strip() or status}")
        return text

    async def _objects(self, source: Source, directory: Path) -> str | None:
        """An archive in S3, or, where the key ends with a slash, the files below it."""
        bucket, key = source.object
        if not key or key.endswith("/"):
            await in_thread(self._download_all, bucket, key, directory)
            return None
        file = self._scratch / "archive"
        version = await in_thread(self._download, bucket, key, source.version, file)
        await in_thread(unpack, file, directory)
        file.unlink()
        return version

    def _download(self, bucket: str, key: str, version: str | None, file: Path) -> str | None:
        s3 = self._cloud.client("s3", self._region, self._caller.credentials)
        of_version = {"VersionId": version} if version else {}
        try:
            answer = s3.get_object(Bucket=bucket, Key=key, **of_version)
            with file.open("wb") as opened:
                shutil.copyfileobj(answer["Body"], opened)
        except (BotoCoreError, ClientError) as error:
            raise _s3_failure(error) from error
        found = answer.get("VersionId")
        return None if found in (None, "null") else str(found)

    def _download_all(self, bucket: str, prefix: str, directory: Path) -> None:
        s3 = self._cloud.client("s3", self._region, self._caller.credentials)
        try:
            pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
            keys = [each["Key"] for page in pages for each in page.get("Contents", [])]
        except (BotoCoreError, ClientError) as error:
            raise _s3_failure(error) from error
        for key in keys:
            parts = key.removeprefix(prefix).split("/")
            if not parts[-1]:
                continue
            if {"", ".", ".."} & set(parts):
                raise client_error(f"the object {key} lies outside of the source")
            target = directory.joinpath(*parts)
            target.parent.mkdir(parents=True, exist_ok=True)
            self._download(bucket, key, None, target)


def _clone_reference(file: Path) -> Mapping[str, Any] | None:
    """What an artifact refers to in place of holding it (``CODEBUILD_CLONE_REF``); None for a zip."""
    if file.stat().st_size > _REFERENCE_BYTES:
        return None
    try:
        reference = json.loads(file.read_bytes())["cloneRef"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    return reference if isinstance(reference, dict) else None


def _s3_failure(error: BotoCoreError | ClientError) -> PhaseFailure:
    if not isinstance(error, ClientError):
        return client_error(str(error))
    problem = error.response["Error"]
    request = error.response.get("ResponseMetadata", {}).get("RequestId", "")
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 400)
    return client_error(
        f"{problem['Code']}: {problem['Message']}\n\tstatus code: {status}, request id: {request}"
    )
