"""What CodeCommit's API says of what git put into a repository."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from git_work import Work, signing
from local_cloud import LocalCloud

NAME = "data"


@dataclass(frozen=True, kw_only=True)
class Pushed:
    """A repository with two commits, the first of which is tagged."""

    codecommit: Any
    work: Work
    first: str
    second: str


@pytest.fixture(scope="module")
def pushed(tmp_path_factory: pytest.TempPathFactory, cloud: LocalCloud) -> Iterator[Pushed]:
    codecommit = cloud.client("codecommit")
    made = codecommit.create_repository(repositoryName=NAME)["repositoryMetadata"]
    work = signing(tmp_path_factory.mktemp("data") / "work", cloud)
    (work.folder / "link").symlink_to("notes")
    first = work.commit("notes", "one\n")
    work.done("tag", "v1")
    (work.folder / "link").unlink()
    work.commit("bin/run", "#!/bin/sh\n")
    (work.folder / "bin/run").chmod(0o755)
    second = work.commit("notes", "two\n", "--amend")
    work.done("push", "--quiet", made["cloneUrlHttp"], "master", "v1")
    yield Pushed(codecommit=codecommit, work=work, first=first, second=second)
    codecommit.delete_repository(repositoryName=NAME)


def blob(pushed: Pushed, name: str) -> str:
    return pushed.work.done("rev-parse", name)


def test_a_commit_is_shown_whole(pushed: Pushed, refusal: Any) -> None:
    shown = pushed.codecommit.get_commit(repositoryName=NAME, commitId=pushed.second)["commit"]
    date = pushed.work.done("show", "--no-patch", "--format=%ad", "--date=raw", pushed.second)
    ada = {"name": "Ada", "email": "ada@example.com"}
    committed = pushed.work.done("show", "--no-patch", "--format=%cd", "--date=raw")

    assert shown == {
        "commitId": pushed.second,
        "treeId": blob(pushed, "HEAD^{tree}"),
        "parents": [pushed.first],
        "message": "Write notes\n",
        "author": {**ada, "date": date},
        "committer": {**ada, "date": committed},
        "additionalData": "",
    }
    absent = "0" * 39 + "1"
    assert refusal(pushed.codecommit.get_commit, repositoryName=NAME, commitId=absent) == (
        "CommitIdDoesNotExistException",
        f"Commit {absent} does not exist",
    )
    code, _ = refusal(pushed.codecommit.get_commit, repositoryName=NAME, commitId="abc")
    assert code == "InvalidCommitIdException"


def test_many_commits_are_shown_at_once_with_those_that_are_not_there(pushed: Pushed) -> None:
    absent = "0" * 39 + "1"
    answer = pushed.codecommit.batch_get_commits(
        repositoryName=NAME, commitIds=[pushed.first, absent, pushed.second]
    )

    assert [commit["commitId"] for commit in answer["commits"]] == [pushed.first, pushed.second]
    assert [error["errorCode"] for error in answer["errors"]] == ["CommitDoesNotExistException"]


def test_two_commits_differ_by_paths(pushed: Pushed) -> None:
    def differences(**asked: Any) -> list[dict[str, Any]]:
        answer = pushed.codecommit.get_differences(repositoryName=NAME, **asked)
        return list(answer["differences"])

    both = {"beforeCommitSpecifier": "v1", "afterCommitSpecifier": "master"}
    added = {
        "changeType": "A",
        "afterBlob": {"blobId": blob(pushed, "HEAD:bin/run"), "path": "bin/run", "mode": "100755"},
    }
    assert differences(**both) == [
        added,
        {
            "changeType": "D",
            "beforeBlob": {"blobId": blob(pushed, "v1:link"), "path": "link", "mode": "120000"},
        },
        {
            "changeType": "M",
            "beforeBlob": {"blobId": blob(pushed, "v1:notes"), "path": "notes", "mode": "100644"},
            "afterBlob": {"blobId": blob(pushed, "HEAD:notes"), "path": "notes", "mode": "100644"},
        },
    ]
    assert differences(**both, afterPath="bin") == [added]
    pages = pushed.codecommit.get_paginator("get_differences").paginate(
        repositoryName=NAME, **both, PaginationConfig={"PageSize": 2}
    )
    assert [len(page["differences"]) for page in pages] == [2, 1]
    assert len(differences(afterCommitSpecifier=pushed.first)) == 2


def test_a_file_is_read_as_a_commit_holds_it(pushed: Pushed, refusal: Any) -> None:
    codecommit = pushed.codecommit
    latest = codecommit.get_file(repositoryName=NAME, filePath="bin/run")
    before = codecommit.get_file(repositoryName=NAME, filePath="notes", commitSpecifier="v1")
    link = codecommit.get_file(repositoryName=NAME, filePath="link", commitSpecifier=pushed.first)

    assert (latest["commitId"], latest["fileMode"]) == (pushed.second, "EXECUTABLE")
    assert (before["fileContent"], before["fileSize"]) == (b"one\n", 4)
    assert (link["fileMode"], link["fileContent"]) == ("SYMLINK", b"notes")
    assert codecommit.get_blob(repositoryName=NAME, blobId=before["blobId"])["content"] == b"one\n"
    assert refusal(codecommit.get_file, repositoryName=NAME, filePath="link") == (
        "FileDoesNotExistException",
        "link does not exist",
    )
    assert refusal(
        codecommit.get_file, repositoryName=NAME, filePath="notes", commitSpecifier="v9"
    ) == ("CommitDoesNotExistException", "Commit v9 does not exist")


def test_a_folder_is_listed_by_kinds(pushed: Pushed, refusal: Any) -> None:
    def folder(path: str, commit: str) -> dict[str, Any]:
        answer = pushed.codecommit.get_folder(
            repositoryName=NAME, folderPath=path, commitSpecifier=commit
        )
        return {
            kind: [entry["absolutePath"] for entry in answer[kind]]
            for kind in ("subFolders", "files", "symbolicLinks", "subModules")
        }

    nothing: dict[str, list[str]] = {"subFolders": [], "symbolicLinks": [], "subModules": []}
    assert folder("/", "v1") == {**nothing, "files": ["notes"], "symbolicLinks": ["link"]}
    assert folder("", "master") == {**nothing, "files": ["notes"], "subFolders": ["bin"]}
    assert folder("bin", "refs/heads/master") == {**nothing, "files": ["bin/run"]}
    code, _ = refusal(pushed.codecommit.get_folder, repositoryName=NAME, folderPath="notes")
    assert code == "FolderDoesNotExistException"


def test_branches_come_move_and_go(pushed: Pushed, refusal: Any) -> None:
    codecommit, in_it = pushed.codecommit, {"repositoryName": NAME}
    codecommit.create_branch(**in_it, branchName="old/one", commitId=pushed.first)

    assert codecommit.list_branches(**in_it)["branches"] == ["master", "old/one"]
    assert codecommit.get_branch(**in_it, branchName="old/one")["branch"] == {
        "branchName": "old/one",
        "commitId": pushed.first,
    }
    assert refusal(
        codecommit.create_branch, **in_it, branchName="old/one", commitId=pushed.second
    ) == ("BranchNameExistsException", "Branch old/one already exists")
    code, _ = refusal(codecommit.create_branch, **in_it, branchName="a..b", commitId=pushed.first)
    assert code == "InvalidBranchNameException"
    code, _ = refusal(codecommit.delete_branch, **in_it, branchName="master")
    assert code == "DefaultBranchCannotBeDeletedException"
    codecommit.update_default_branch(**in_it, defaultBranchName="old/one")
    described = codecommit.get_repository(**in_it)["repositoryMetadata"]
    assert described["defaultBranch"] == "old/one"
    codecommit.update_default_branch(**in_it, defaultBranchName="master")
    assert codecommit.delete_branch(**in_it, branchName="old/one")["deletedBranch"] == {
        "branchName": "old/one",
        "commitId": pushed.first,
    }
    assert "deletedBranch" not in codecommit.delete_branch(**in_it, branchName="old/one")
