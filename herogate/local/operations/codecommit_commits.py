"""CodeCommit's commits, and how two differ."""

from __future__ import annotations

from typing import Any

from herogate.local.errors import AwsError
from herogate.local.operations import Call, Result, operation
from herogate.local.operations.codecommit_requests import commit_id_of, data_of, start_of
from herogate.local.planes.git.repository import Commit, Difference, Entry, Person, Repository

_COMMITS = 100
_DIFFERENCES = 100


@operation("codecommit", "GetCommit")
async def get_commit(call: Call) -> Result:
    data = data_of(call)
    commit_id = commit_id_of(call.parameters["commitId"])
    commit = await data.commit(commit_id)
    if commit is None:
        raise AwsError("CommitIdDoesNotExistException", f"Commit {commit_id} does not exist")
    return {"commit": _commit(commit)}


@operation("codecommit", "BatchGetCommits")
async def batch_get_commits(call: Call) -> Result:
    data, wanted = data_of(call), call.parameters["commitIds"]
    if len(wanted) > _COMMITS:
        raise AwsError(
            "CommitIdsLimitExceededException", f"At most {_COMMITS} commit IDs are allowed."
        )
    found, errors = [], []
    for commit_id in wanted:
        try:
            commit = await data.commit(commit_id_of(commit_id))
        except AwsError as error:
            errors.append(_failure(commit_id, error.code, error.message))
            continue
        if commit is None:
            absent = "CommitDoesNotExistException"
            errors.append(_failure(commit_id, absent, f"Commit {commit_id} does not exist"))
        else:
            found.append(_commit(commit))
    return {"commits": found, "errors": errors}


@operation("codecommit", "GetDifferences")
async def get_differences(call: Call) -> Result:
    data, asked = data_of(call), call.parameters
    after = await commit_named(data, asked["afterCommitSpecifier"])
    before = asked.get("beforeCommitSpecifier")
    before_id = None if before is None else await commit_named(data, before)
    paths = [asked[name] for name in ("beforePath", "afterPath") if asked.get(name)]
    differences = await data.differences(before_id, after, [path.strip("/") for path in paths])
    size, start = _page_size(asked.get("MaxResults")), start_of(asked.get("NextToken"))
    further = {"NextToken": str(start + size)} if len(differences) > start + size else {}
    page = differences[start : start + size]
    return {"differences": [_difference(each) for each in page], **further}


async def commit_named(data: Repository, specifier: str | None) -> str:
    """The id of the commit that a branch, tag, HEAD, full reference or id names."""
    if not specifier:
        raise AwsError("CommitRequiredException", "A commit was not specified.")
    if "\n" in specifier:
        raise AwsError("InvalidCommitException", "The specified commit is not valid.")
    found = await data.commit_id(specifier)
    if found is None:
        raise AwsError("CommitDoesNotExistException", f"Commit {specifier} does not exist")
    return found


def _page_size(asked: int | None) -> int:
    if asked is None:
        return _DIFFERENCES
    if asked < 1:
        raise AwsError(
            "InvalidMaxResultsException", "The specified number of results is not valid."
        )
    return min(asked, _DIFFERENCES)


def _failure(commit_id: str, code: str, message: str) -> dict[str, str]:
    return {"commitId": commit_id, "errorCode": code, "errorMessage": message}


def _commit(commit: Commit) -> dict[str, Any]:
    return {
        "commitId": commit.id,
        "treeId": commit.tree,
        "parents": list(commit.parents),
        "message": commit.message,
        "author": _person(commit.author),
        "committer": _person(commit.committer),
        "additionalData": commit.further,
    }


def _person(person: Person) -> dict[str, str]:
    return {"name": person.name, "email": person.email, "date": person.date}


def _difference(difference: Difference) -> dict[str, Any]:
    sides = {"beforeBlob": difference.before, "afterBlob": difference.after}
    return {
        "changeType": _change(difference),
        **{name: _blob(entry) for name, entry in sides.items() if entry is not None},
    }


def _change(difference: Difference) -> str:
    if difference.before is None:
        return "A"
    return "D" if difference.after is None else "M"


def _blob(entry: Entry) -> dict[str, str]:
    return {"blobId": entry.id, "path": entry.path, "mode": entry.mode}
