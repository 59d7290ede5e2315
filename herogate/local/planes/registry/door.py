"""The registry's HTTP door: the OCI distribution API, as docker and other clients speak it to ECR.

It finds out who asks and for what, and puts refusals into the API's form. A repository is addressed as
``<region>/<name>``, since all regions are behind the one door.
"""

from __future__ import annotations

import logging
import re
import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import web

from herogate.local.authorization.policies import Demand
from herogate.local.errors import AwsError
from herogate.local.planes.registry.access import Refused
from herogate.local.planes.registry.blobs import Blobs
from herogate.local.planes.registry.records import Repository

if TYPE_CHECKING:
    from herogate.local.cloud import Cloud
    from herogate.local.planes.registry.plane import RegistryPlane

log = logging.getLogger("herogate.local.registry")


@dataclass(frozen=True, kw_only=True)
class Visit:
    """A request to a repository.

    Attributes:
        caller: who asks: the ARN behind the token.
        subject: what it is about: a digest, a tag, an upload's id; empty for a list or a beginning.
    """

    caller: str
    cloud: Cloud
    registry: RegistryPlane
    blobs: Blobs
    request: web.BaseRequest
    repository: Repository
    subject: str

    def path(self, *rest: str) -> str:
        """A path of this repository, as clients address it."""
        return "/".join(("/v2", self.repository.key, *rest))

    async def may_read(self, repository: Repository) -> bool:
        """Whether who asks may have the blobs of another repository too."""
        demand = Demand(action=_ACTIONS["GET", "blobs"], resource=repository.arn)
        return await self.cloud.authority.allows(self.caller, demand)


Answer = Callable[[Visit], Awaitable[web.StreamResponse]]

_ROUTES: dict[tuple[str, str], Answer] = {}

_WORD = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_NAME_LENGTHS = range(2, 257)
_PATH = re.compile(
    rf"/v2/(?P<region>[a-z0-9-]+)/(?P<name>{_WORD}(?:/{_WORD})*)/"
    r"(?P<kind>blobs/uploads|blobs|manifests|tags(?=/list$)|referrers)/(?P<subject>[^/]*)"
)

_SPOKEN = {"Docker-Distribution-API-Version": "registry/2.0"}
"""Some clients take a registry that does not say this for an older one, also where it refuses them."""

_CODES: Mapping[str, tuple[int, str]] = {
    "AccessDeniedException": (403, "DENIED"),
    "ImageNotFoundException": (404, "MANIFEST_UNKNOWN"),
    "ImageReferencedByManifestList": (400, "DENIED"),
    "ImageTagAlreadyExistsException": (400, "TAG_INVALID"),
    "InvalidLayerException": (400, "DIGEST_INVALID"),
    "InvalidLayerPartException": (416, "BLOB_UPLOAD_INVALID"),
    "InvalidParameterException": (400, "MANIFEST_INVALID"),
    "LayersNotFoundException": (404, "BLOB_UNKNOWN"),
    "ReferencedImagesNotFoundException": (404, "MANIFEST_BLOB_UNKNOWN"),
    "RepositoryNotFoundException": (404, "NAME_UNKNOWN"),
    "UploadNotFoundException": (404, "BLOB_UPLOAD_UNKNOWN"),
}
"""HTTP's status and the API's code for a refusal of ECR's."""


_ACTIONS: Mapping[tuple[str, str], str] = {
    ("GET", "blobs"): "ecr:GetDownloadUrlForLayer",
    ("HEAD", "blobs"): "ecr:BatchCheckLayerAvailability",
    ("POST", "blobs/uploads"): "ecr:InitiateLayerUpload",
    ("GET", "blobs/uploads"): "ecr:UploadLayerPart",
    ("PATCH", "blobs/uploads"): "ecr:UploadLayerPart",
    ("DELETE", "blobs/uploads"): "ecr:UploadLayerPart",
    ("PUT", "blobs/uploads"): "ecr:CompleteLayerUpload",
    ("GET", "manifests"): "ecr:BatchGetImage",
    ("HEAD", "manifests"): "ecr:BatchGetImage",
    ("PUT", "manifests"): "ecr:PutImage",
    ("DELETE", "manifests"): "ecr:BatchDeleteImage",
    ("GET", "tags"): "ecr:ListImages",
    ("GET", "referrers"): "ecr:BatchGetImage",
}
"""What IAM calls a method on a kind of thing."""

_AT_ONCE = ("ecr:UploadLayerPart", "ecr:CompleteLayerUpload")
"""What it takes beside that to push a blob by the request that begins it."""


def route(method: str, kind: str) -> Callable[[Answer], Answer]:
    """Mark what answers a method on a kind of thing (``blobs``, ``manifests`` …)."""

    def register(answer: Answer) -> Answer:
        _ROUTES[method, kind] = answer
        return answer

    return register


class RegistryDoor:
    """Answers under ``/v2/``."""

    def __init__(self, cloud: Cloud, registry: RegistryPlane, blobs: Blobs) -> None:
        self._cloud = cloud
        self._registry = registry
        self._blobs = blobs

    async def answer(self, request: web.BaseRequest, endpoint_url: str) -> web.StreamResponse:
        """Answer a request; `endpoint_url` is this cloud as the client addresses it."""
        await self._cloud.started()
        caller = "-"
        try:
            caller = self._caller(request)
            response = await self._served(request, caller)
        except Refused as refusal:
            response = _unauthorized(refusal, endpoint_url)
        except AwsError as error:
            status, code = _CODES.get(error.code, (error.status, "UNKNOWN"))
            response = refused(status, code, error.message)
        except ConnectionError:
            raise  # the client has gone
        except (OSError, sqlite3.Error) as error:
            log.exception("%s %s failed", request.method, request.path)
            response = refused(503, "UNKNOWN", f"The local cloud cannot keep this: {error}.")
        response.headers.update(_SPOKEN)
        log.info("%s registry %s %s %d", caller, request.method, request.path, response.status)
        return response

    def _caller(self, request: web.BaseRequest) -> str:
        if self._registry.access.opens(request.path, request.query):
            return "signed address"
        return self._registry.access.caller(request.headers.get("Authorization", ""))

    async def _served(self, request: web.BaseRequest, caller: str) -> web.StreamResponse:
        if request.path == "/v2/" and request.method in {"GET", "HEAD"}:
            return web.json_response({})
        if request.path in {"/v2/", "/v2/_catalog"}:
            return _unsupported()
        asked = _PATH.fullmatch(re.sub(r"(/blobs/uploads)$", r"\1/", request.path))
        if asked is None or len(asked["name"]) not in _NAME_LENGTHS:
            return refused(400, "NAME_INVALID", f"No repository is at {request.path}.")
        answer = _ROUTES.get((request.method, asked["kind"]))
        if answer is None:
            return _unsupported()
        visit = Visit(
            caller=caller,
            cloud=self._cloud,
            registry=self._registry,
            blobs=self._blobs,
            request=request,
            repository=Repository(region=asked["region"], name=asked["name"]),
            subject=asked["subject"],
        )
        actions = [_ACTIONS[request.method, asked["kind"]]]
        if request.method == "POST" and "digest" in request.query:
            actions += _AT_ONCE
        await self._cloud.authority.require(caller, actions, visit.repository.arn)
        await self._registry.images.declared(visit.repository)
        return await answer(visit)


def refused(
    status: int, code: str, message: str, headers: Mapping[str, str] | None = None
) -> web.Response:
    """A refusal in the API's form."""
    errors = [{"code": code, "message": message}]
    return web.json_response({"errors": errors}, status=status, headers=headers)


def _unsupported() -> web.Response:
    return refused(405, "UNSUPPORTED", "The operation is unsupported.")


def _unauthorized(refusal: Refused, endpoint_url: str) -> web.Response:
    if refusal.is_expired:
        message = "Your authorization token has expired. Reauthenticate and try again."
        return refused(403, "DENIED", message)
    challenge = f'Basic realm="{endpoint_url}/",service="ecr.amazonaws.com"'
    return refused(401, "UNAUTHORIZED", "Not Authorized", {"WWW-Authenticate": challenge})
