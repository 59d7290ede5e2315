"""Where real builds' files come from and go to: repositories, S3."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from building import Building
from git_work import signing

LIST = "find . -path ./.git -prune -o ! -type d -printf '%P %y %m %l\\n' | sort"


def archive(files: Mapping[str, str]) -> bytes:
    """A zip of these files."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as packed:
        for name, text in files.items():
            packed.writestr(name, text)
    return content.getvalue()


def spec(*commands: str, artifacts: str = "", env: str = "") -> str:
    """A buildspec with these commands, each of one line, and perhaps artifacts."""
    lines = "".join(f"      - |\n        {command}\n" for command in commands)
    return f"version: 0.2\n{env}\nphases:\n  build:\n    commands:\n{lines}{artifacts}\n"


def failure(build: Mapping[str, Any]) -> tuple[str, str, str]:
    """The phase that failed, with the code and words."""
    [found] = [each for each in build["phases"] if each.get("phaseStatus") == "FAILED"]
    context = found["contexts"][0]
    return found["phaseType"], context["statusCode"], context["message"]


@pytest.fixture(scope="session")
def bucket(builds: Building) -> str:
    builds.cloud.client("s3").create_bucket(Bucket="codebuild-files")
    return "codebuild-files"


def stored(builds: Building, bucket: str, prefix: str) -> dict[str, bytes]:
    """Objects below a prefix, by key."""
    s3 = builds.cloud.client("s3")
    listed = s3.list_objects_v2(Bucket=bucket, Prefix=prefix).get("Contents", [])
    keys = [each["Key"] for each in listed]
    return {key: s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys}


def test_a_repository_is_cloned_with_its_history_links_and_modes(
    builds: Building, tmp_path: Path
) -> None:
    codecommit = builds.cloud.client("codecommit")
    made = codecommit.create_repository(repositoryName="codebuild-clone")["repositoryMetadata"]
    work = signing(tmp_path / "work", builds.cloud)
    (work.folder / "run me.sh").write_text("#!/bin/sh\n")
    (work.folder / "run me.sh").chmod(0o755)
    (work.folder / "link").symlink_to("run me.sh")
    commands = [LIST, "git log --format=%s", "git remote get-url origin", "git rev-parse HEAD"]
    first = work.commit("buildspec.yml", spec(*commands))
    work.done("push", made["cloneUrlHttp"], "HEAD:master", "HEAD:refs/tags/v1")
    work.commit("Grüße.txt", "ü")
    work.done("push", made["cloneUrlHttp"], "HEAD:other")
    source = {"type": "CODECOMMIT", "location": made["cloneUrlHttp"]}
    project = builds.project("files-clone", None, source=source)
    newest, other, named, commit = (
        builds.build(project, **({"sourceVersion": version} if version else {}))
        for version in (None, "other", "refs/tags/v1", first)
    )

    assert builds.said(newest) == [
        "buildspec.yml f 644 ",
        "link l 777 run me.sh",
        "run me.sh f 755 ",
        "Write buildspec.yml",
        made["cloneUrlHttp"],
        first,
    ]
    assert builds.said(other)[0] == "Grüße.txt f 644 "
    assert [each["resolvedSourceVersion"] for each in (newest, other, named, commit)] == [
        first,
        work.tip,
        first,
        first,
    ]


def test_a_repository_or_commit_that_is_not_there_fails_the_download(builds: Building) -> None:
    codecommit = builds.cloud.client("codecommit")
    made = codecommit.create_repository(repositoryName="codebuild-empty")["repositoryMetadata"]
    source = {"type": "CODECOMMIT", "location": made["cloneUrlHttp"]}
    project = builds.project("files-empty", None, source=source)
    empty = builds.build(project)
    codecommit.delete_repository(repositoryName="codebuild-empty")
    gone = builds.build(project)

    assert failure(empty)[:2] == ("DOWNLOAD_SOURCE", "CLIENT_ERROR")
    assert failure(empty)[2].startswith("git rev-parse failed: fatal: Needed a single revision")
    assert failure(gone) == (
        "DOWNLOAD_SOURCE",
        "CLIENT_ERROR",
        "repository codebuild-empty not found: codebuild-empty does not exist",
    )


def test_a_source_in_s3_is_an_archive_or_everything_below_a_prefix(
    builds: Building, bucket: str
) -> None:
    s3 = builds.cloud.client("s3")
    own = spec(LIST, 'cat "$CODEBUILD_SRC_DIR_more/deep/b.txt"')
    s3.put_object(Bucket=bucket, Key="in/a.zip", Body=archive({"a b/ü": "x", "buildspec.yml": own}))
    s3.put_object(Bucket=bucket, Key="tree/deep/b.txt", Body=b"from the tree\n")
    project = builds.project(
        "files-s3",
        None,
        source={"type": "S3", "location": f"{bucket}/in/a.zip"},
        secondarySources=[
            {"type": "S3", "location": f"{bucket}/tree/", "sourceIdentifier": "more"}
        ],
    )

    assert builds.said(builds.build(project)) == [
        "a b/ü f 600 ",
        "buildspec.yml f 600 ",
        "from the tree",
    ]


def test_a_buildspec_is_a_file_of_the_source_or_an_object_or_given_at_the_start(
    builds: Building, bucket: str
) -> None:
    s3 = builds.cloud.client("s3")
    s3.put_object(Bucket=bucket, Key="b/spec.yml", Body=spec("echo from s3").encode())
    s3.put_object(Bucket=bucket, Key="b.zip", Body=archive({"ci/b.yml": spec("echo from a file")}))
    source = {"type": "S3", "location": f"{bucket}/b.zip"}
    project = builds.project("files-spec", "ci/b.yml", source=source)
    said = [
        builds.said(builds.build(project, **({"buildspecOverride": given} if given else {})))
        for given in (None, f"arn:aws:s3:::{bucket}/b/spec.yml", spec("echo given"))
    ]
    missing = builds.build(project, buildspecOverride="none.yml")
    outside = builds.build(project, buildspecOverride="../../../../tools/aws")

    assert said == [["from a file"], ["from s3"], ["given"]]
    for build, name in ((missing, "none.yml"), (outside, "../../../../tools/aws")):
        phase, code, message = failure(build)
        assert (phase, code) == ("DOWNLOAD_SOURCE", "YAML_FILE_ERROR")
        assert message.endswith(f"/src/00/{name}: no such file or directory")


def test_what_a_build_hands_over_is_under_its_projects_key(builds: Building, bucket: str) -> None:
    key = builds.cloud.client("kms").create_key()["KeyMetadata"]["Arn"]
    artifacts = {"type": "S3", "location": bucket, "path": "sealed", "packaging": "ZIP"}
    own = spec("echo made > made.txt", artifacts="artifacts:\n  files: made.txt\n")
    sealed = builds.project("files-sealed", own, artifacts=artifacts, encryptionKey=key)
    unsealed = builds.project(
        "files-unsealed",
        own,
        artifacts={**artifacts, "encryptionDisabled": True},
        encryptionKey=key,
    )
    for project in (sealed, unsealed):
        assert builds.build(project)["buildStatus"] == "SUCCEEDED"
    s3 = builds.cloud.client("s3")
    under = {
        name: s3.head_object(Bucket=bucket, Key=f"sealed/{name}").get("SSEKMSKeyId")
        for name in (sealed, unsealed)
    }
    assert under == {sealed: key, unsealed: None}


def test_an_object_that_is_not_there_or_no_archive_fails_the_download(
    builds: Building, bucket: str
) -> None:
    builds.cloud.client("s3").put_object(Bucket=bucket, Key="no.zip", Body=b"no")
    source = {"type": "S3", "location": f"{bucket}/none.zip"}
    project = builds.project("files-missing", None, source=source)
    missing = builds.build(project)
    broken = builds.build(project, sourceLocationOverride=f"{bucket}/no.zip")

    assert failure(missing)[2].startswith("NoSuchKey: The specified key does not exist.")
    assert failure(broken)[2] == "the source archive cannot be unpacked: File is not a zip file"


ARTIFACTS = """
artifacts:
  base-directory: $OUT
  files: ['**/*']
  name: made-$OUT
  enable-symlinks: yes
  secondary-artifacts:
    second:
      files: [one.txt]
"""
MAKING = [
    "export OUT=out; mkdir -p out/sub",
    "echo 1 > out/sub/1.txt; ln -s sub out/link; echo one > one.txt",
]


def test_artifacts_go_to_s3_as_an_archive_or_file_by_file(builds: Building, bucket: str) -> None:
    to = {"type": "S3", "location": bucket, "path": "made", "packaging": "ZIP"}
    project = builds.project(
        "files-out",
        spec(*MAKING, artifacts=ARTIFACTS),
        artifacts={**to, "namespaceType": "BUILD_ID", "overrideArtifactName": True},
        secondaryArtifacts=[
            {**to, "packaging": "NONE", "name": "more", "artifactIdentifier": "second"}
        ],
    )
    build = builds.build(project)
    key = f"made/{build['id'].partition(':')[2]}/made-out"
    objects = stored(builds, bucket, "made/")

    assert build["artifacts"] == {
        "location": f"arn:aws:s3:::{bucket}/{key}",
        "md5sum": build["artifacts"]["md5sum"],
        "sha256sum": build["artifacts"]["sha256sum"],
        "overrideArtifactName": True,
        "encryptionDisabled": False,
    }
    assert build["secondaryArtifacts"] == [
        {
            "artifactIdentifier": "second",
            "location": f"arn:aws:s3:::{bucket}/made/more",
            "overrideArtifactName": False,
            "encryptionDisabled": False,
        }
    ]
    assert objects.keys() == {key, "made/more/one.txt"}
    assert objects["made/more/one.txt"] == b"one\n"
    with zipfile.ZipFile(io.BytesIO(objects[key])) as packed:
        assert {name: packed.read(name) for name in packed.namelist()} == {
            "link": b"sub",
            "sub/1.txt": b"1\n",
        }


def test_files_that_are_not_there_fail_the_upload(builds: Building, bucket: str) -> None:
    to = {"type": "S3", "location": bucket, "path": "none"}
    nothing = "artifacts: {files: ['*.none']}"
    nowhere = "artifacts: {files: ['*'], base-directory: none}"
    found = []
    for number, artifacts in enumerate((nothing, nowhere, "")):
        name = f"files-nothing-{number}"
        project = builds.project(name, spec("true", artifacts=artifacts), artifacts=to)
        found.append(failure(builds.build(project)))

    assert found == [
        ("UPLOAD_ARTIFACTS", "CLIENT_ERROR", "no matching artifact paths found"),
        ("UPLOAD_ARTIFACTS", "CLIENT_ERROR", "no matching base directory path found for none"),
        ("UPLOAD_ARTIFACTS", "CLIENT_ERROR", "no artifacts are defined in the buildspec"),
    ]


def test_a_build_can_push_with_codecommits_credential_helper(builds: Building) -> None:
    codecommit = builds.cloud.client("codecommit")
    made = codecommit.create_repository(repositoryName="codebuild-push")["repositoryMetadata"]
    commands = [
        "git init --quiet -b main && git -c user.name=a -c user.email=b commit --allow-empty -m one",
        f"git push --quiet {made['cloneUrlHttp']} main",
    ]
    env = "env: {git-credential-helper: yes}"
    build = builds.build(builds.project("files-push", spec(*commands, env=env)))

    assert build["buildStatus"] == "SUCCEEDED", builds.said(build)
    assert codecommit.list_branches(repositoryName="codebuild-push")["branches"] == ["main"]
