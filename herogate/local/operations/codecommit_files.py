"""CodeCommit's files and folders, as commits hold them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from herogate.local.errors import AwsError
from herogate.local.operations import Call, Result, operation
from herogate.local.operations.codecommit_commits import commit_named
from herogate.local.operations.codecommit_requests import data_of
from herogate.local.planes.git.repository import Entry, Repository, Stored, is_object_id

_FILE_BYTES = 6 * 1024 * 1024
_MODES = {"100755": "EXECUTABLE", "100644": "NORMAL", "100664": "NORMAL", "120000": "SYMLINK"}
_TREE, _LINK, _SUBMODULE = "040000", "120000", "160000"


@operation("codecommit", "GetFile")
async def get_file(call: Call) -> Result:
    data = data_of(call)
    path = _path(call.parameters["filePath"])
    commit = await commit_named(data, call.parameters.get("commitSpecifier", "HEAD"))
    entry = await data.entry(commit, path)
    if entry is None or entry.mode not in _MODES:
        raise AwsError("FileDoesNotExistException", f"{path} does not exist")
    blob = await _content(data, entry.id)
    return {
        "commitId": commit,
        "blobId": entry.id,
        "filePath": path,
        "fileMode": _MODES[entry.mode],
        "fileSize": blob.size,
        "fileContent": blob.content,
    }


@operation("codecommit", "GetFolder")
async def get_folder(call: Call) -> Result:
    data = data_of(call)
    path = call.parameters["folderPath"].strip("/")
    commit = await commit_named(data, call.parameters.get("commitSpecifier", "HEAD"))
    found = await data.folder(commit, path)
    if found is None:
        raise AwsError("FolderDoesNotExistException", f"{path} does not exist")
    tree, entries = found
    files = [e for e in entries if e.mode in _MODES and e.mode != _LINK]
    return {
        "commitId": commit,
        "folderPath": path,
        "treeId": tree,
        "subFolders": _listed(path, "treeId", (e for e in entries if e.mode == _TREE)),
        "files": _listed(path, "blobId", files),
        "symbolicLinks": _listed(path, "blobId", (e for e in entries if e.mode == _LINK)),
        "subModules": _listed(path, "commitId", (e for e in entries if e.mode == _SUBMODULE)),
    }


@operation("codecommit", "GetBlob")
async def get_blob(call: Call) -> Result:
    data, blob_id = data_of(call), call.parameters["blobId"]
    if not is_object_id(blob_id):
        raise AwsError("InvalidBlobIdException", "The specified blob is not valid.")
    return {"content": (await _content(data, blob_id)).content}


async def _content(data: Repository, blob_id: str) -> Stored:
    """A blob, which is read only when it may be handed out."""
    found = await data.object(blob_id, content=False)
    if found is None or found.type != "blob":
        raise AwsError("BlobIdDoesNotExistException", f"Blob {blob_id} does not exist")
    if found.size > _FILE_BYTES:
        raise AwsError("FileTooLargeException", "The file is larger than 6 MB.")
    whole = await data.object(blob_id)
    return found if whole is None else whole


def _path(path: str) -> str:
    if not path:
        raise AwsError("PathRequiredException", "The path was not specified.")
    return path.strip("/")


def _listed(folder: str, id_field: str, entries: Iterable[Entry]) -> list[dict[str, Any]]:
    return [
        {
            id_field: entry.id,
            "absolutePath": f"{folder}/{entry.path}" if folder else entry.path,
            "relativePath": entry.path,
            **({"fileMode": _MODES[entry.mode]} if entry.mode in _MODES else {}),
        }
        for entry in entries
    ]
