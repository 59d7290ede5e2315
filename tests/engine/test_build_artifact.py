"""What a build hands over, read as hostile."""

from __future__ import annotations

import io
import json
import os
import zipfile
from pathlib import Path
from typing import Any

import pytest

from herogate.engine import build_artifact
from herogate.errors import BuildFailed
from herogate.models import Architecture, Slug

DIGEST = f"sha256:{'0123456789abcdef' * 4}"
GOOD: dict[str, Any] = {
    "version": 1,
    "image_digest": DIGEST,
    "architecture": "arm64",
    "port": 3000,
    "shell": True,
    "process_types": {"web": "node x.js", "worker": "node y.js"},
    "health_check_path": "/up",
    "launcher": True,
    "builder": "host-base",
    "seconds": {"pull": 1.5},
    "cached_steps": 1,
    "total_steps": 2,
}


def archive(content: bytes, name: str = "build.json") -> bytes:
    """A zip with one file."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr(name, content)
    return file.getvalue()


def test_a_slug_is_what_the_build_says_it_is() -> None:
    assert build_artifact.read(archive(json.dumps(GOOD).encode())) == Slug(
        image_digest=DIGEST,
        architecture=Architecture.ARM64,
        process_types={"web": "node x.js", "worker": "node y.js"},
        port=3000,
        shell=True,
        launcher=True,
        health_check_path="/up",
    )


def test_an_image_may_have_a_command_of_its_own_and_no_port() -> None:
    slug = build_artifact.read(
        archive(json.dumps({**GOOD, "port": None, "process_types": {}, "shell": False}).encode())
    )
    assert (slug.port, slug.process_types, slug.shell) == (None, {}, False)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"version": 2}, "its version is 2, not 1"),
        ({"image_digest": "latest"}, "its image_digest is 'latest'"),
        ({"image_digest": [DIGEST]}, f"its image_digest is ['{DIGEST}']"),
        ({"image_digest": f"{DIGEST}\n"}, f"its image_digest is '{DIGEST}\\n'"),
        ({"architecture": "mips"}, "its architecture is 'mips'"),
        ({"port": True}, "its port is True"),
        ({"port": 65536}, "its port is 65536"),
        ({"port": "80"}, "its port is '80'"),
        ({"shell": "yes"}, "its shell is 'yes'"),
        ({"launcher": 1}, "its launcher is 1"),
        ({"health_check_path": "up"}, "its health_check_path is 'up'"),
        ({"health_check_path": "/a b"}, "its health_check_path is '/a b'"),
        ({"health_check_path": f"/{'a' * 1024}"}, f"its health_check_path is '/{'a' * 38}"),
        ({"health_check_path": 1}, "its health_check_path is 1"),
        ({"process_types": ["web"]}, "its process_types are not commands by name"),
        ({"process_types": {"web": 1}}, "its process_types are not commands by name"),
    ],
)
def test_a_value_that_breaks_its_rule_is_refused(changed: dict[str, Any], reason: str) -> None:
    with pytest.raises(BuildFailed) as refused:
        build_artifact.read(archive(json.dumps({**GOOD, **changed}).encode()))
    assert refused.value.message == f"What the build handed over cannot be released: {reason}."


@pytest.mark.parametrize("name", ["../web", "we b", "run", "", "x" * 31, "-web"])
def test_a_process_type_that_cannot_be_is_refused(name: str) -> None:
    with pytest.raises(BuildFailed):
        build_artifact.read(archive(json.dumps({**GOOD, "process_types": {name: "x"}}).encode()))


@pytest.mark.parametrize(
    ("artifact", "reason"),
    [
        (b"", "build.json is not JSON"),
        (b"{", "build.json is not JSON"),
        (b"PK\x03\x04 and no more", "it is not a zip that can be read"),
        (archive(b"{}", name="other.json"), "it has no build.json"),
        (archive(b"{}", name="../build.json"), "it has no build.json"),
        (archive(b"{"), "build.json is not JSON"),
        (archive(b"\xff\xfe"), "build.json is not JSON"),
        (archive(b"[" * 200_000), "build.json is not JSON"),
        (archive(b"[]"), "build.json is not an object"),
        (archive(b" " * (1 << 28)), "build.json is larger than 262144 bytes"),
        (b" " * 262145, "build.json is larger than 262144 bytes"),
        (b"PK".ljust((1 << 20) + 1), "it is larger than 1048576 bytes"),
    ],
)
def test_an_artifact_that_is_none_is_refused(artifact: bytes, reason: str) -> None:
    with pytest.raises(BuildFailed) as refused:
        build_artifact.read(artifact)
    assert refused.value.message == f"What the build handed over cannot be released: {reason}."


def test_a_file_is_taken_over_as_codebuild_unpacks_it(tmp_path: Path) -> None:
    (tmp_path / "build.json").write_text(json.dumps(GOOD))
    content = build_artifact.handed_over(tmp_path)
    assert build_artifact.read(content) == build_artifact.read(archive(content))


@pytest.mark.parametrize("kind", ["nothing", "link", "directory", "pipe"])
def test_what_is_no_plain_file_is_not_taken_over(tmp_path: Path, kind: str) -> None:
    file = tmp_path / "build.json"
    if kind == "link":
        file.symlink_to("/etc/passwd")
    elif kind == "directory":
        file.mkdir()
    elif kind == "pipe":
        os.mkfifo(file)
    with pytest.raises(BuildFailed):
        build_artifact.handed_over(tmp_path)
