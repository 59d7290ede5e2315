"""Blobs on their way in: begun, filled piece by piece, completed under their digest or given up.

How far one has come is its file's length, so an upload goes on where it stopped, also after the cloud
was killed.
"""

from __future__ import annotations

import asyncio
import hashlib
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from herogate.local.errors import AwsError
from herogate.local.moto_bridge.settings import ACCOUNT_ID
from herogate.local.planes.registry.records import Repository
from herogate.local.store import Store

_UPLOAD = "ecr.upload"
"""Which repository an upload is for and since when, by its id."""

_ABANDONED_SECONDS = 24 * 3600
_READ_BYTES = 1 << 20


class Upload:
    """A blob that is being uploaded. One request at a time may add to it (`lock`)."""

    def __init__(self, upload_id: str, path: Path) -> None:
        self.id = upload_id
        self.path = path
        self.lock = asyncio.Lock()
        self.size = 0
        self._sha256 = hashlib.sha256()

    @property
    def digest(self) -> str:
        """The digest of what has arrived."""
        return f"sha256:{self._sha256.hexdigest()}"

    async def add(self, chunks: AsyncIterator[bytes]) -> None:
        """Take chunks in as they come; what has arrived stays, even if they end too early."""
        async for chunk in chunks:
            await asyncio.to_thread(self._write, chunk)

    def catch_up(self) -> None:
        """Digest what an earlier life of this process has written."""
        with self.path.open("rb") as file:
            while chunk := file.read(_READ_BYTES):
                self._digest(chunk)

    def _write(self, chunk: bytes) -> None:
        with self.path.open("ab") as file:
            file.write(chunk)
        self._digest(chunk)

    def _digest(self, chunk: bytes) -> None:
        self._sha256.update(chunk)
        self.size += len(chunk)


class Uploads:
    """The uploads under way."""

    def __init__(self, directory: Path, store: Store) -> None:
        self._directory = directory
        self._store = store
        self._open: dict[str, Upload] = {}

    def recover(self, now: float) -> None:
        """Take up uploads that were under way; forget those that nobody has come back to."""
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        known = {}
        for upload_id, document in list(self._store.all(_UPLOAD)):
            file = self._directory / upload_id
            if file.exists() and document["at"] + _ABANDONED_SECONDS > now:
                known[file.name] = document
            else:
                self._store.delete(_UPLOAD, upload_id)
        for file in self._directory.iterdir():
            if file.name not in known:
                file.unlink()

    def begin(self, repository: Repository, now: float) -> Upload:
        """Begin an upload."""
        upload_id = str(uuid.uuid4())
        upload = Upload(upload_id, self._directory / upload_id)
        upload.path.touch(mode=0o600)
        self._open[upload_id] = upload
        self._store.put(_UPLOAD, upload_id, {"repository": repository.key, "at": now})
        return upload

    async def find(self, repository: Repository, upload_id: str) -> Upload:
        """An upload that was begun, to be looked at: a request may be adding to it.

        Raises:
            AwsError: ``UploadNotFoundException``: none such is under way for this repository.
        """
        self._check(repository, upload_id)
        if upload_id not in self._open:
            upload = Upload(upload_id, self._directory / upload_id)
            await asyncio.to_thread(upload.catch_up)
            self._open.setdefault(upload_id, upload)
        return self._open[upload_id]

    @asynccontextmanager
    async def at(self, repository: Repository, upload_id: str) -> AsyncIterator[Upload]:
        """An upload that was begun, for one request alone. Raises as `find` does."""
        upload = await self.find(repository, upload_id)
        async with upload.lock:
            self._check(repository, upload_id)
            yield upload

    def end(self, upload: Upload) -> None:
        """Forget an upload, be it completed or given up."""
        self._open.pop(upload.id, None)
        self._store.delete(_UPLOAD, upload.id)
        upload.path.unlink(missing_ok=True)

    def _check(self, repository: Repository, upload_id: str) -> None:
        document = self._store.get(_UPLOAD, upload_id)
        if document is None or document["repository"] != repository.key:
            raise AwsError(
                "UploadNotFoundException",
                f"Upload with id '{upload_id}' in the repository with name '{repository.name}' "
                f"in registry with id '{ACCOUNT_ID}' could not be found",
            )
