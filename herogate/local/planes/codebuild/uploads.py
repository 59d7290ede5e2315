"""Where a build's files go: a codepipeline's artifacts, or S3. Which files, is the buildspec's."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from boto3.exceptions import S3UploadFailedError
from boto3.s3.transfer import TransferConfig
from botocore.exceptions import BotoCoreError, ClientError

from herogate.local.planes.codebuild import records
from herogate.local.planes.codebuild.artifacts import Chosen, Sums, pack, sums
from herogate.local.planes.codebuild.buildspec import Buildspec, Files
from herogate.local.planes.codebuild.failures import client_error
from herogate.local.planes.codebuild.selection import base_directory, choose
from herogate.local.planes.codebuild.threads import in_thread

if TYPE_CHECKING:
    from herogate.local.cloud import Cloud
    from herogate.local.identity import Caller

_IN_PARTS = TransferConfig(multipart_threshold=1, use_threads=False)
"""As CodeBuild does: for who has not the right to decrypt with the key too, its uploads fail."""

Say = Callable[[str], Awaitable[None]]
Evaluate = Callable[..., Awaitable[list[str]]]


@dataclass(frozen=True, kw_only=True)
class Upload:
    """One artifact on its way.

    Attributes:
        identifier: of a secondary artifact; None for the primary one.
        archived: whether it goes as one zip file.
        key: the object; without an archive, the objects' common beginning.
        named: whether the key ends with a name of the buildspec's, for the shell to evaluate.
        sealed_by: the KMS key that it is encrypted with; None where it is not to be.
    """

    identifier: str | None
    files: Files
    bucket: str
    key: str
    archived: bool
    named: bool = False
    sealed_by: str | None


def uploads(document: Mapping[str, Any], buildspec: Buildspec) -> list[Upload]:
    """What is to be uploaded after a build; nothing where nobody awaits anything.

    Raises:
        PhaseFailure: an artifact is awaited that the buildspec does not define.
    """
    awaited = records.outputs(document)
    if awaited:
        several = len(awaited) > 1
        return [
            Upload(
                identifier=each.name if number else None,
                files=_defined(buildspec, each.name if several else None),
                bucket=each.bucket,
                key=each.key,
                archived=True,
                sealed_by=document["build"]["encryptionKey"],
            )
            for number, each in enumerate(awaited)
        ]
    return [
        _to_s3(document["build"], artifacts, buildspec)
        for artifacts in document["artifacts"]
        if artifacts["type"] == "S3"
    ]


def _to_s3(build: Mapping[str, Any], artifacts: Mapping[str, Any], buildspec: Buildspec) -> Upload:
    identifier = artifacts.get("artifactIdentifier")
    files = _defined(buildspec, identifier)
    overridden = files.name if artifacts.get("overrideArtifactName") else None
    name = overridden or artifacts["name"]
    return Upload(
        identifier=identifier,
        files=files,
        bucket=artifacts["location"].removeprefix("arn:aws:s3:::"),
        key=records.artifact_key(artifacts, build["id"], name),
        archived=artifacts.get("packaging") == "ZIP",
        named=overridden is not None,
        sealed_by=None if artifacts.get("encryptionDisabled") else build["encryptionKey"],
    )


def _defined(buildspec: Buildspec, identifier: str | None) -> Files:
    if identifier is None:
        found = buildspec.artifacts
        if found is None:
            raise client_error("no artifacts are defined in the buildspec")
        return found
    if identifier in buildspec.secondary_artifacts:
        return buildspec.secondary_artifacts[identifier]
    raise client_error(f"no definition for secondary artifact {identifier} in buildspec")


class Uploading:
    """Uploads the artifacts of one build, in the name of its role."""

    def __init__(
        self, cloud: Cloud, caller: Caller, *, region: str, scratch: Path, source: Path
    ) -> None:
        self._cloud = cloud
        self._caller = caller
        self._region = region
        self._scratch = scratch
        self._source = source

    async def upload(self, upload: Upload, evaluate: Evaluate, say: Say) -> dict[str, Any]:
        """Upload one artifact; what its build then shows of it.

        Raises:
            PhaseFailure: its files are not there, or cannot be uploaded.
        """
        files, key = await _evaluated(upload, evaluate)
        await say(f"Expanding base directory path: {files.base_directory or '.'}")
        base = await in_thread(base_directory, self._source, files)
        await say(f"Expanding file paths for base directory {files.base_directory or '.'}")
        await say("Assembling file list")
        for pattern in files.files:
            await say(f"Expanding {pattern}")
        chosen = await in_thread(choose, base, files)
        await say(f"Found {len(chosen)} file(s)")
        shown = {"location": f"arn:aws:s3:::{upload.bucket}/{key}"}
        if upload.archived:
            made = await in_thread(self._archive, upload, key, chosen, files.enable_symlinks)
            shown |= {"md5sum": made.md5, "sha256sum": made.sha256}
        else:
            await in_thread(self._each, upload, key, chosen)
        return shown

    def _archive(
        self, upload: Upload, key: str, chosen: list[Chosen], enable_symlinks: bool
    ) -> Sums:
        archive = self._scratch / "archive.zip"
        pack(archive, chosen, enable_symlinks=enable_symlinks)
        self._put(upload, key, archive)
        made = sums(archive)
        archive.unlink()
        return made

    def _each(self, upload: Upload, prefix: str, chosen: list[Chosen]) -> None:
        for file in chosen:
            if file.source.is_file():
                self._put(upload, f"{prefix}/{file.path}".lstrip("/"), file.source)

    def _put(self, upload: Upload, key: str, file: Path) -> None:
        s3 = self._cloud.client("s3", self._region, self._caller.credentials)
        try:
            s3.upload_file(
                str(file), upload.bucket, key, ExtraArgs=_sealing(upload), Config=_IN_PARTS
            )
        except (BotoCoreError, ClientError, S3UploadFailedError) as error:
            raise client_error(f"Error in uploading artifacts to S3: {error}") from error


def _sealing(upload: Upload) -> dict[str, str]:
    if upload.sealed_by is None:
        return {}
    return {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": upload.sealed_by}


async def _evaluated(upload: Upload, evaluate: Evaluate) -> tuple[Files, str]:
    """The artifact with the shell's variables in its paths, and in the name that its key ends with."""
    files = upload.files
    count, texts = len(files.files), [*files.files, *files.exclude_paths]
    key = (await evaluate(upload.key))[0] if upload.named else upload.key
    base, *paths = await evaluate(files.base_directory or "", *texts)
    evaluated = replace(
        files,
        base_directory=base or None,
        files=tuple(paths[:count]),
        exclude_paths=tuple(paths[count:]),
    )
    return evaluated, key
