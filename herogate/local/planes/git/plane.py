"""CodeCommit's repositories: one bare git repository each, and what EventBridge hears of pushes.

EventBridge is told the difference between the references it was told of last and those that are there,
in one step with the record of it. So no kill can lose an event, whether it falls into the push, between
push and event, or into the event: the next start, or the next push, finds the same difference.
"""

from __future__ import annotations

import asyncio
import contextvars
import shutil
from collections.abc import Coroutine, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from herogate.local.errors import AwsError
from herogate.local.planes.git import records
from herogate.local.planes.git.changes import (
    DETAIL_TYPE,
    SOURCE,
    Change,
    Refs,
    changes,
    detail,
    first_branch,
)
from herogate.local.planes.git.door import GitDoor
from herogate.local.planes.git.program import Git
from herogate.local.planes.git.records import REPOSITORIES, TOLD, Place
from herogate.local.planes.git.repository import Repository

if TYPE_CHECKING:
    from herogate.local.cloud import Cloud


class GitPlane:
    """CodeCommit's repositories."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._directory = cloud.directory.room("git")
        self.git = Git(self._directory, cloud.lock)
        self._telling = asyncio.Lock()
        self._door = GitDoor(cloud, self)
        self._background: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Make what is missing, remove what nobody has, and tell of pushes that were cut off."""
        await asyncio.to_thread(self.git.prepare)
        self._cloud.open_door("/v1/repos/", self._door)
        known = list(records.places(self._cloud.store))
        await asyncio.to_thread(self._remove_all_but, {place.id for place in known})
        for place in known:
            await self.make(place.id)
        self._in_background(self._tell_of_all(known))  # when EventBridge has started, too

    async def stop(self) -> None:
        """Cut off what clients still transfer; they see it and may push again."""
        await self._door.close()
        for task in self._background:
            task.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)

    def path(self, region: str, repository_name: str) -> Path:
        """The bare repository's directory. Raises `AwsError` where there is no such repository."""
        found = records.repository(self._cloud.store, region, repository_name)
        if found is None:
            raise AwsError("RepositoryDoesNotExistException", f"{repository_name} does not exist")
        return self._path(found["repositoryId"])

    def repository(self, repository_id: str) -> Repository:
        """The data of a repository."""
        return Repository(self.git, self._path(repository_id))

    async def make(self, repository_id: str) -> None:
        """Make the bare repository, if it is not there; before its document is written."""
        if not self._path(repository_id).exists():
            await self.repository(repository_id).make()

    def remove(self, repository_id: str) -> None:
        """Have the data of a repository go, once the disk holds that there is none."""
        self._cloud.store.delete(TOLD, repository_id)
        self._in_background(self._remove(repository_id))

    async def tell(self, repository_id: str, caller_arn: str) -> None:
        """Tell EventBridge what has become of the references since it was told last.

        Args:
            caller_arn: who pushed. Of a push that a kill cut off nobody knows; it is said to be root's.
        """
        # The step comes first: an API call that waits for its turn is in one already.
        async with self._cloud.whole(), self._telling:
            actual = await self.repository(repository_id).refs()
            document = self._cloud.store.get(TOLD, repository_id) or {"refs": {}}
            news = changes(document["refs"], actual)
            place = records.place(self._cloud.store, repository_id)
            if not news or place is None:
                return
            await self._settle_default_branch(place, actual)
            for change in news:
                await self._publish(place, change, caller_arn)
            self._cloud.store.put(TOLD, repository_id, {"refs": dict(actual)})

    async def set_default_branch(self, place: Place, branch: str) -> None:
        """Have a clone check this branch out, and no push delete it."""
        await self.repository(place.id).set_head(branch)
        key = f"{place.region}/{place.name}"
        document = self._cloud.store.get(REPOSITORIES, key)
        if document is not None:
            self._cloud.store.put(REPOSITORIES, key, {**document, "defaultBranch": branch})

    async def _tell_of_all(self, known: Iterable[Place]) -> None:
        for place in known:
            await self.tell(place.id, self._cloud.root.arn)

    async def _settle_default_branch(self, place: Place, refs: Refs) -> None:
        document = records.repository(self._cloud.store, place.region, place.name)
        branch = first_branch(refs)
        if document is not None and "defaultBranch" not in document and branch is not None:
            await self.set_default_branch(place, branch)

    async def _publish(self, place: Place, change: Change, caller_arn: str) -> None:
        await self._cloud.events.publish(
            place.region,
            source=SOURCE,
            detail_type=DETAIL_TYPE,
            resources=[f"arn:aws:codecommit:{place.region}:{self._cloud.account_id}:{place.name}"],
            detail=detail(
                change,
                repository_name=place.name,
                repository_id=place.id,
                caller_arn=caller_arn,
            ),
        )

    async def _remove(self, repository_id: str) -> None:
        await self._cloud.kept()
        await asyncio.to_thread(shutil.rmtree, self._path(repository_id), ignore_errors=True)

    def _remove_all_but(self, ids: set[str]) -> None:
        for path in self._directory.glob("*.git"):
            if path.stem not in ids:
                shutil.rmtree(path, ignore_errors=True)

    def _in_background(self, work: Coroutine[Any, Any, None]) -> None:
        # An empty context: it is no part of the step in which it was begun.
        task = asyncio.get_running_loop().create_task(work, context=contextvars.Context())
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    def _path(self, repository_id: str) -> Path:
        return self._directory / f"{repository_id}.git"
