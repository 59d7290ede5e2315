"""The image registry as a client sees it: the OCI distribution API, with the standard library alone."""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from herogate.builder.layers import Layer
from herogate.errors import BuildFailed

IMAGE = "application/vnd.oci.image.manifest.v1+json"

_MANIFEST_LIMIT_BYTES = 4 << 20
_TIMEOUT_SECONDS = 300


@dataclass(frozen=True, kw_only=True)
class Registry:
    """One repository of a registry.

    Attributes:
        address: the registry's URL.
        repository: its name there.
        token: what lets in; never shown.
    """

    address: str
    repository: str
    token: str = field(repr=False)

    def has(self, digest: str) -> bool:
        """Whether a layer need not be pushed."""
        return self._call("HEAD", f"blobs/{digest}", expected=(200, 404)).status == 200

    def push_file(self, layer: Layer) -> None:
        """Push a layer that is not there yet."""
        if layer.path is not None and not self.has(layer.digest):
            self._push(layer.digest, layer.path)

    def pull(self, digest: str, file: Path) -> None:
        """Write a layer to a file."""
        self._call("GET", f"blobs/{digest}", expected=(200,), into=file)

    def push_bytes(self, content: bytes) -> str:
        """Push a small content; its digest."""
        digest = digest_of(content)
        if not self.has(digest):
            self._push(digest, content)
        return digest

    def manifest(self, tag: str) -> dict[str, Any] | None:
        """The manifest under a tag, if there is one that can be read."""
        accepted = {"Accept": IMAGE}
        answer = self._call("GET", f"manifests/{tag}", expected=(200, 404), headers=accepted)
        if answer.status == 404:
            return None
        try:
            document = json.loads(answer.body)
        except (ValueError, RecursionError):
            return None
        return document if isinstance(document, dict) else None

    def put_manifest(self, document: Mapping[str, Any], tag: str) -> str:
        """Put a manifest under a tag; its digest."""
        body = json.dumps(document, separators=(",", ":"), sort_keys=True).encode()
        headers = {"Content-Type": IMAGE}
        self._call("PUT", f"manifests/{tag}", body, expected=(201,), headers=headers)
        return digest_of(body)

    def _push(self, digest: str, content: bytes | Path) -> None:
        begun = self._call("POST", "blobs/uploads/", b"", expected=(202,))
        place = urlsplit(begun.location)
        query = f"{place.query}&" if place.query else ""
        target = f"{place.path}?{query}digest={quote(digest)}"
        self._call("PUT", target, content, expected=(201,))

    def _call(
        self,
        method: str,
        path: str,
        content: bytes | Path | None = None,
        *,
        expected: tuple[int, ...],
        headers: Mapping[str, str] | None = None,
        into: Path | None = None,
    ) -> _Answer:
        target = path if path.startswith("/") else f"/v2/{self.repository}/{path}"
        try:
            answer = self._send(method, target, content, headers or {}, into)
        except (OSError, HTTPException) as error:
            raise BuildFailed(f"The image registry does not answer: {error}.") from error
        if answer.status not in expected:
            raise BuildFailed(f"The image registry refuses {method} {path}: {answer.refusal}.")
        return answer

    def _send(
        self,
        method: str,
        target: str,
        content: bytes | Path | None,
        headers: Mapping[str, str],
        into: Path | None,
    ) -> _Answer:
        address = urlsplit(self.address)
        kind = HTTPSConnection if address.scheme == "https" else HTTPConnection
        connection = kind(address.netloc, timeout=_TIMEOUT_SECONDS)
        token = base64.b64encode(f"AWS:{self.token}".encode()).decode()
        given = {**headers, "Authorization": f"Basic {token}"}
        try:
            if isinstance(content, Path):
                given["Content-Length"] = str(content.stat().st_size)
                with content.open("rb") as file:
                    connection.request(method, target, body=file, headers=given)
            else:
                connection.request(method, target, body=content, headers=given)
            response = connection.getresponse()
            if into is not None and response.status == HTTPStatus.OK:
                with into.open("wb") as file:
                    shutil.copyfileobj(response, file)
            return _Answer.read(response)
        finally:
            connection.close()


@dataclass(frozen=True, kw_only=True)
class _Answer:
    """What the registry said."""

    status: int
    location: str
    body: bytes

    @classmethod
    def read(cls, response: HTTPResponse) -> _Answer:
        body = response.read(_MANIFEST_LIMIT_BYTES)
        location = response.headers.get("Location", "")
        return cls(status=response.status, location=location, body=body)

    @property
    def refusal(self) -> str:
        """Why, if it says so."""
        try:
            return str(json.loads(self.body)["errors"][0]["message"]).rstrip(".")
        except (ValueError, LookupError, TypeError):
            return f"HTTP {self.status}"


def digest_of(content: bytes) -> str:
    """The digest by which a content is known."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"
