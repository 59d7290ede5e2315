"""What CodeCommit's operations find in their parameters: repositories, branches, pages; or refuse."""

from __future__ import annotations

import re
from typing import Any

from herogate.local.errors import AwsError
from herogate.local.operations import Call
from herogate.local.planes.git import records
from herogate.local.planes.git.records import Place
from herogate.local.planes.git.repository import Repository, is_object_id

_NAME = re.compile(r"[\w.-]{1,100}", re.ASCII)
_BRANCH_CHARACTERS = 256


def name_of(call: Call) -> str:
    """The repository's name that a call gives."""
    name = call.parameters.get("repositoryName")
    if not name:
        raise AwsError(
            "RepositoryNameRequiredException",
            "A repository name is required, but was not specified.",
        )
    return checked_name(name)


def checked_name(name: str) -> str:
    """A repository's name as it is, if it can be one."""
    if not _NAME.fullmatch(name) or name.endswith(".git"):
        raise AwsError(
            "InvalidRepositoryNameException",
            "The repository name is not valid. Repository names can be any valid combination of "
            "letters, numbers, periods, underscores, and dashes between 1 and 100 characters in "
            "length. Names are case sensitive. For more information, see Limits in the AWS "
            "CodeCommit User Guide. ",
        )
    return name


def key(call: Call, name: str) -> str:
    """The key of a repository's document."""
    return f"{call.region}/{name}"


def repository_of(call: Call, name: str) -> dict[str, Any]:
    """A repository's document."""
    repository = records.repository(call.cloud.store, call.region, name)
    if repository is None:
        raise AwsError("RepositoryDoesNotExistException", f"{name} does not exist")
    return repository


def place_of(call: Call) -> Place:
    """Where the repository stands that a call is about."""
    name = name_of(call)
    document = repository_of(call, name)
    return Place(region=call.region, name=name, id=document["repositoryId"])


def data_of(call: Call) -> Repository:
    """The data of the repository that a call is about."""
    return call.cloud.git.repository(place_of(call).id)


async def branch_of(call: Call, parameter: str = "branchName") -> str:
    """The branch's name that a call gives, if it can be one."""
    branch = str(call.parameters.get(parameter) or "")
    if not branch:
        raise AwsError(
            "BranchNameRequiredException", "A branch name is required, but was not specified."
        )
    taken = "\n" not in branch and "\0" not in branch and await data_of(call).takes_branch(branch)
    if len(branch) > _BRANCH_CHARACTERS or not taken:
        raise AwsError("InvalidBranchNameException", f"{branch} is not a valid branch name.")
    return branch


def commit_id_of(commit_id: str | None) -> str:
    """A commit's whole id, if it is one."""
    if not commit_id:
        raise AwsError("CommitIdRequiredException", "A commit ID was not specified.")
    if not is_object_id(commit_id):
        raise AwsError("InvalidCommitIdException", "The specified commit ID is not valid.")
    return commit_id


def start_of(token: str | None) -> int:
    """Where a page begins."""
    if token is None:
        return 0
    if not token.isdecimal():
        raise AwsError("InvalidContinuationTokenException", "The continuation token is not valid.")
    return int(token)
