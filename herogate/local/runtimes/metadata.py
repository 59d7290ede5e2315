"""What a container can ask about its own task: ECS's task metadata endpoint, version 4.

The address is the secret: it stands in the container's environment alone.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from aiohttp import web

if TYPE_CHECKING:
    from herogate.local.cloud import Cloud

_DOOR = "/v4/metadata/"

Document = Mapping[str, Any]


class TaskMetadata:
    """Answers at ``/v4/metadata/<id>`` and ``/v4/metadata/<id>/task``."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._documents: dict[str, tuple[Document, Document]] = {}

    def start(self) -> None:
        """Open the door."""
        self._cloud.open_door(_DOOR, self._answer)

    def offer(self, container: Document, task: Document) -> str:
        """Have a container find these; the address (``ECS_CONTAINER_METADATA_URI_V4``)."""
        identifier = secrets.token_hex(16)
        self._documents[identifier] = (container, task)
        return f"{self._cloud.endpoint_url}{_DOOR}{identifier}"

    def withdraw(self, address: str) -> None:
        """The container is no more."""
        self._documents.pop(address.rpartition("/")[2], None)

    async def _answer(self, request: web.BaseRequest, _endpoint_url: str) -> web.StreamResponse:
        identifier, _, what = request.path.removeprefix(_DOOR).partition("/")
        found = self._documents.get(identifier)
        if found is None or what not in {"", "task"} or request.method != "GET":
            return web.Response(status=404, text="404 page not found\n")
        container, task = found
        return web.json_response(task if what else container)
