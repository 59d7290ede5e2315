"""CodeCommit's branches, as they are in the repositories."""

from __future__ import annotations

from typing import Any

from herogate.local.errors import AwsError
from herogate.local.operations import Call, Result, operation
from herogate.local.operations.codecommit_requests import (
    branch_of,
    commit_id_of,
    data_of,
    place_of,
    repository_of,
    start_of,
)

_PAGE = 100


@operation("codecommit", "GetBranch")
async def get_branch(call: Call) -> Result:
    data = data_of(call)
    branch = await branch_of(call)
    commit = (await data.branches()).get(branch)
    if commit is None:
        raise _absent(branch)
    return {"branch": _branch(branch, commit)}


@operation("codecommit", "ListBranches")
async def list_branches(call: Call) -> Result:
    names = list(await data_of(call).branches())
    start = start_of(call.parameters.get("nextToken"))
    further = {"nextToken": str(start + _PAGE)} if len(names) > start + _PAGE else {}
    return {"branches": names[start : start + _PAGE], **further}


@operation("codecommit", "CreateBranch")
async def create_branch(call: Call) -> Result:
    data = data_of(call)
    branch = await branch_of(call)
    commit_id = commit_id_of(call.parameters["commitId"])
    if await data.commit(commit_id) is None:
        raise AwsError("CommitDoesNotExistException", f"Commit {commit_id} does not exist")
    if not await data.move(branch, to=commit_id, seen=None):
        raise AwsError("BranchNameExistsException", f"Branch {branch} already exists")
    await _tell(call)
    return {}


@operation("codecommit", "DeleteBranch")
async def delete_branch(call: Call) -> Result:
    """Deleting a branch that is not there succeeds and names none, as on AWS."""
    place, data = place_of(call), data_of(call)
    branch = await branch_of(call)
    if repository_of(call, place.name).get("defaultBranch") == branch:
        raise AwsError(
            "DefaultBranchCannotBeDeletedException",
            f"{branch} is the default branch for this repository and cannot be deleted.",
        )
    commit = (await data.branches()).get(branch)
    if commit is None or not await data.move(branch, to=None, seen=commit):
        return {}
    await _tell(call)
    return {"deletedBranch": _branch(branch, commit)}


@operation("codecommit", "UpdateDefaultBranch")
async def update_default_branch(call: Call) -> Result:
    data = data_of(call)
    branch = await branch_of(call, "defaultBranchName")
    if branch not in await data.branches():
        raise _absent(branch)
    await call.cloud.git.set_default_branch(place_of(call), branch)
    return {}


async def _tell(call: Call) -> None:
    await call.cloud.git.tell(place_of(call).id, call.caller.arn)


def _branch(name: str, commit_id: str) -> dict[str, Any]:
    return {"branchName": name, "commitId": commit_id}


def _absent(branch: str) -> AwsError:
    return AwsError("BranchDoesNotExistException", f"Branch {branch} does not exist")
