"""CodeCommit's repositories, pushed to and fetched from with real git."""

from __future__ import annotations

import base64
import contextlib
import os
import socket
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from git_work import Work, signing, with_password
from local_cloud import LocalCloud
from waiting import wait_until

Heard = Callable[[int], list[dict[str, Any]]]
ADA = "arn:aws:iam::123456789012:user/ada"


def clone(work: Work, url: str, *options: str) -> Work:
    """A clone beside a working repository."""
    work.done("clone", "--quiet", *options, url, "../clone")
    return Work(
        folder=work.folder.parent / "clone", environment=work.environment, settings=work.settings
    )


def signed(cloud: LocalCloud, path: str, *, secret: str, ago: timedelta) -> str:
    """The password that a credential helper made some time ago with a secret."""
    request = AWSRequest(method="GIT", url=f"http://127.0.0.1{path}")
    request.context["timestamp"] = (datetime.now(UTC) - ago).strftime("%Y%m%dT%H%M%S")
    signer = SigV4Auth(Credentials(cloud.access_key_id, secret), "codecommit", cloud.region)
    canonical = f"GIT\n{path}\n\nhost:127.0.0.1\n\nhost\n"
    signature = signer.signature(signer.string_to_sign(request, canonical), request)
    return f"{request.context['timestamp']}Z{signature}"


def test_what_is_pushed_is_cloned_with_links_modes_names_and_large_files(
    work: Work, repository: dict[str, Any]
) -> None:
    (work.folder / "link").symlink_to("index.html")
    (work.folder / "run.sh").write_text("#!/bin/sh\n")
    (work.folder / "run.sh").chmod(0o755)
    (work.folder / "größer als ein Byte").write_bytes(os.urandom(30_000_000))
    tip = work.commit("deep/er/file", "text")
    work.done("push", "--quiet", "origin", "master")
    cloned = clone(work, repository["cloneUrlHttp"])

    assert cloned.tip == tip
    assert (cloned.folder / "link").is_symlink()
    assert os.access(cloned.folder / "run.sh", os.X_OK)
    assert (cloned.folder / "größer als ein Byte").stat().st_size == 30_000_000


def test_each_push_is_told_to_eventbridge(
    cloud: LocalCloud, work: Work, repository: dict[str, Any], heard: Heard
) -> None:
    first = work.tip
    work.done("push", "--quiet", "origin", "master", "master:dev")
    created = heard(2)[1]
    second = work.commit("index.html", "v2")
    work.done("push", "--quiet", "origin", "master")
    [updated] = heard(1)
    work.done("push", "--quiet", "origin", ":dev")
    [deleted] = heard(1)

    assert created["source"] == "aws.codecommit"
    assert created["detail-type"] == "CodeCommit Repository State Change"
    assert created["resources"] == [repository["Arn"]]
    assert created["detail"] == {
        "event": "referenceCreated",
        "repositoryName": repository["repositoryName"],
        "repositoryId": repository["repositoryId"],
        "referenceType": "branch",
        "referenceName": "master",
        "referenceFullName": "refs/heads/master",
        "commitId": first,
        "callerUserArn": ADA,
    }
    assert (updated["detail"]["oldCommitId"], updated["detail"]["commitId"]) == (first, second)
    assert (deleted["detail"]["event"], deleted["detail"]["oldCommitId"]) == (
        "referenceDeleted",
        first,
    )


def test_the_first_branch_pushed_becomes_the_default_and_cannot_be_deleted(
    cloud: LocalCloud, work: Work, repository: dict[str, Any]
) -> None:
    work.done("push", "--quiet", "origin", "master:live")
    described = cloud.client("codecommit").get_repository(
        repositoryName=repository["repositoryName"]
    )
    refused = work.git("push", "origin", ":live")

    assert described["repositoryMetadata"]["defaultBranch"] == "live"
    assert refused.code == 1
    assert "! [remote rejected] live (deletion of the current branch prohibited)" in refused.err
    assert clone(work, repository["cloneUrlHttp"]).done("branch", "--show-current") == "live"


def test_tags_forced_pushes_shallow_clones_and_pulls_work_as_anywhere(
    work: Work, repository: dict[str, Any]
) -> None:
    work.commit("index.html", "v2")
    work.done("tag", "--annotate", "v1", "--message", "First")
    work.done("push", "--quiet", "--follow-tags", "origin", "master")
    cloned = clone(work, repository["cloneUrlHttp"], "--depth=1")
    amended = work.commit("index.html", "v3", "--amend")
    rejected = work.git("push", "origin", "master")
    work.done("push", "--quiet", "--force", "origin", "master")
    cloned.done("fetch", "--quiet")

    assert cloned.done("rev-list", "--count", "HEAD") == "1"
    assert cloned.done("tag") == "v1"
    assert (rejected.code, "(non-fast-forward)" in rejected.err) == (1, True)
    assert cloned.done("rev-parse", "origin/master") == amended


def test_many_references_are_pushed_at_once(work: Work) -> None:
    for number in range(300):
        work.done("update-ref", f"refs/heads/branch-{number}", "HEAD")
    work.done("push", "--quiet", "--all", "origin")

    assert len(work.done("ls-remote", "--heads", "origin").splitlines()) == 301


def test_who_says_no_name_is_asked_and_gets_nothing_without_one(
    work: Work, repository: dict[str, Any]
) -> None:
    anonymous = Work(folder=work.folder, environment=work.environment)
    refused = anonymous.git("push", "origin", "master")

    assert refused.code == 128
    assert "could not read Username" in refused.err


@pytest.mark.parametrize(
    ("secret", "ago", "why"),
    [
        ("wrong", timedelta(), "The signature does not match"),
        (None, timedelta(minutes=20), "The signature has expired."),
    ],
)
def test_a_wrong_or_old_signature_is_forbidden(
    tmp_path: Path,
    cloud: LocalCloud,
    repository: dict[str, Any],
    secret: str | None,
    ago: timedelta,
    why: str,
) -> None:
    path = f"/v1/repos/{repository['repositoryName']}"
    password = signed(cloud, path, secret=secret or cloud.secret_access_key, ago=ago)
    stranger = with_password(tmp_path / "work", cloud, cloud.access_key_id, password)
    refused = stranger.git("ls-remote", repository["cloneUrlHttp"])

    assert refused.code == 128
    assert f"remote: {why}" in refused.err
    assert "The requested URL returned error: 403" in refused.err


def test_a_repository_that_is_not_there_is_not_found(
    work: Work, repository: dict[str, Any]
) -> None:
    refused = work.git("push", f"{repository['cloneUrlHttp']}-not", "master")

    assert refused.code == 128
    assert f"repository '{repository['cloneUrlHttp']}-not/' not found" in refused.err


def test_a_signature_leads_to_the_repository_of_its_own_region(
    tmp_path: Path, cloud: LocalCloud, work: Work, repository: dict[str, Any]
) -> None:
    elsewhere = cloud.client("codecommit", region_name="eu-west-2")
    name = repository["repositoryName"]
    elsewhere.create_repository(repositoryName=name)
    ambiguous = work.git("push", "origin", "master")
    here = signing(tmp_path / "signing", cloud)
    here.commit("index.html", "v1")
    here.done("push", "--quiet", repository["cloneUrlHttp"], "master:virginia")
    here.git(
        *("push", "--quiet", repository["cloneUrlHttp"], "master:london"),
        AWS_DEFAULT_REGION="eu-west-2",
    )

    assert f"{name} is a repository in eu-west-2, us-east-1" in ambiguous.err
    assert elsewhere.list_branches(repositoryName=name)["branches"] == ["london"]
    assert cloud.client("codecommit").list_branches(repositoryName=name)["branches"] == ["virginia"]
    elsewhere.delete_repository(repositoryName=name)


def test_a_service_specific_credential_lets_its_user_in_until_it_is_inactive(
    tmp_path: Path, cloud: LocalCloud, repository: dict[str, Any]
) -> None:
    iam, user = cloud.client("iam"), repository["repositoryName"]
    iam.create_user(UserName=user)
    made = iam.create_service_specific_credential(
        UserName=user, ServiceName="codecommit.amazonaws.com"
    )["ServiceSpecificCredential"]
    work = with_password(tmp_path / "work", cloud, made["ServiceUserName"], made["ServicePassword"])
    work.commit("index.html", "v1")
    work.done("push", "--quiet", repository["cloneUrlHttp"], "master")
    iam.update_service_specific_credential(
        UserName=user,
        ServiceSpecificCredentialId=made["ServiceSpecificCredentialId"],
        Status="Inactive",
    )

    assert work.git("ls-remote", repository["cloneUrlHttp"]).code == 128
    assert made["ServicePassword"].encode() not in _stored(cloud)


def test_a_deleted_repository_leaves_no_data(
    cloud: LocalCloud, work: Work, repository: dict[str, Any]
) -> None:
    data = cloud.directory.path / "git" / f"{repository['repositoryId']}.git"
    work.done("push", "--quiet", "origin", "master")
    assert data.is_dir()
    cloud.client("codecommit").delete_repository(repositoryName=repository["repositoryName"])

    wait_until(lambda: not data.exists())
    assert work.git("ls-remote", "origin").code == 128


def test_a_client_that_goes_away_in_the_middle_of_a_push_leaves_no_git_behind(
    cloud: LocalCloud, pusher: dict[str, Any], repository: dict[str, Any]
) -> None:
    address = urlsplit(repository["cloneUrlHttp"])
    credentials = f"{pusher['ServiceUserName']}:{pusher['ServicePassword']}".encode()
    request = (
        f"POST {address.path}/git-receive-pack HTTP/1.1\r\nHost: {address.netloc}\r\n"
        f"Authorization: Basic {base64.b64encode(credentials).decode()}\r\n"
        "Content-Type: application/x-git-receive-pack-request\r\nContent-Length: 1000\r\n\r\n"
    )
    with socket.create_connection((address.hostname, address.port)) as client:
        client.sendall(request.encode() + b"0000")
        wait_until(lambda: any(b"http-backend" in each for each in children(cloud)))

    wait_until(lambda: not any(b"git" in each for each in children(cloud)))


def children(cloud: LocalCloud) -> list[bytes]:
    """The arguments of the control process's children."""
    control = cloud.directory.control_pid()
    found = []
    for task in Path(f"/proc/{control}/task").iterdir():
        with contextlib.suppress(OSError):  # threads and children end meanwhile
            for child in (task / "children").read_text().split():
                found.append(Path(f"/proc/{child}/cmdline").read_bytes())
    return found


def test_nobody_elses_settings_and_hooks_have_a_say(
    work: Work, repository: dict[str, Any], cloud: LocalCloud
) -> None:
    data = cloud.directory.path / "git" / f"{repository['repositoryId']}.git"
    hook = data / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)

    work.done("push", "--quiet", "origin", "master")


def _stored(cloud: LocalCloud) -> bytes:
    return b"".join(path.read_bytes() for path in cloud.directory.path.glob("cloud.db*"))
