"""What a build hands over to the release, read as what it is: written by whatever was pushed.

A zip with one file, ``build.json``; CodeBuild unpacks it before the release sees it. Nothing in it is
believed: sizes are bounded before anything is unpacked, and each value is checked against its rule.
"""

from __future__ import annotations

import io
import json
import os
import re
import stat
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from herogate.engine import procfile
from herogate.errors import BuildFailed
from herogate.models import Architecture, Slug
from stacks.app_options import HEALTH_CHECK_PATH

NAME = "build.json"
"""The file in the artifact."""

VERSION = 1

_ZIP = b"PK"
_ARTIFACT_LIMIT_BYTES = 1 << 20
_FILE_LIMIT_BYTES = 256 * 1024
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


def read(artifact: bytes) -> Slug:
    """The slug that a build made.

    Args:
        artifact: the zip as it lies in the bucket, or the file in it.

    Raises:
        BuildFailed: the artifact is not one that Herogate's builder makes.
    """
    document = _document(_unpacked(artifact) if artifact.startswith(_ZIP) else artifact)
    if document.get("version") != VERSION:
        raise _unusable(f"its version is {document.get('version')!r:.40}, not {VERSION}")
    return Slug(
        image_digest=_digest(document.get("image_digest")),
        architecture=_architecture(document.get("architecture")),
        process_types=_process_types(document.get("process_types")),
        port=_port(document.get("port")),
        shell=_boolean(document, "shell"),
        launcher=_boolean({"launcher": False, **document}, "launcher"),
        health_check_path=_health_check_path(document.get("health_check_path")),
    )


def document(slug: Slug, **facts: object) -> str:
    """What `read` reads of a slug, with more facts about how it was made."""
    told = {
        "version": VERSION,
        "image_digest": slug.image_digest,
        "architecture": slug.architecture,
        "port": slug.port,
        "shell": slug.shell,
        "launcher": slug.launcher,
        "process_types": dict(slug.process_types),
        "health_check_path": slug.health_check_path,
    }
    return json.dumps(told | facts)


def handed_over(directory: Path) -> bytes:
    """The file in a directory into which CodeBuild has unpacked the artifact.

    Raises:
        BuildFailed: it is not there, is no plain file, or is too large.
    """
    try:
        descriptor = os.open(directory / NAME, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        raise _unusable(f"it has no {NAME}") from None
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise _unusable(f"{NAME} is no file")
        return os.read(descriptor, _FILE_LIMIT_BYTES + 1)
    finally:
        os.close(descriptor)


def _unpacked(artifact: bytes) -> bytes:
    if len(artifact) > _ARTIFACT_LIMIT_BYTES:
        raise _unusable(f"it is larger than {_ARTIFACT_LIMIT_BYTES} bytes")
    try:
        with zipfile.ZipFile(io.BytesIO(artifact)) as archive, archive.open(NAME) as file:
            return file.read(_FILE_LIMIT_BYTES + 1)
    except KeyError:
        raise _unusable(f"it has no {NAME}") from None
    except Exception as error:  # zipfile raises whatever a broken archive makes it stumble over
        raise _unusable("it is not a zip that can be read") from error


def _document(content: bytes) -> Mapping[str, Any]:
    if len(content) > _FILE_LIMIT_BYTES:
        raise _unusable(f"{NAME} is larger than {_FILE_LIMIT_BYTES} bytes")
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        raise _unusable(f"{NAME} is not JSON") from None
    if not isinstance(document, dict):
        raise _unusable(f"{NAME} is not an object")
    return document


def _digest(value: object) -> str:
    if not isinstance(value, str) or not _DIGEST.fullmatch(value):
        raise _unusable(f"its image_digest is {value!r:.100}")
    return value


def _architecture(value: object) -> Architecture:
    if not isinstance(value, str) or value not in set(Architecture):
        raise _unusable(f"its architecture is {value!r:.40}")
    return Architecture(value)


def _process_types(value: object) -> dict[str, str]:
    if not isinstance(value, dict) or not all(isinstance(each, str) for each in value.values()):
        raise _unusable("its process_types are not commands by name")
    procfile.check(value)
    return value


def _port(value: object) -> int | None:
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= 65535:
        raise _unusable(f"its port is {value!r:.40}")
    return value


def _health_check_path(value: object) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or not HEALTH_CHECK_PATH.fullmatch(value):
        raise _unusable(f"its health_check_path is {value!r:.40}")
    return value


def _boolean(document: Mapping[str, Any], name: str) -> bool:
    value = document.get(name)
    if not isinstance(value, bool):
        raise _unusable(f"its {name} is {value!r:.40}")
    return value


def _unusable(reason: str) -> BuildFailed:
    return BuildFailed(f"What the build handed over cannot be released: {reason}.")
