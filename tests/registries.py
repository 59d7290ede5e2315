"""A client of the OCI distribution API, as small as one can be: what docker would send, spelled out."""

from __future__ import annotations

import base64
import hashlib
import json
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPMessage
from typing import Any
from urllib.parse import urlsplit

from local_cloud import LocalCloud

OCI_IMAGE = "application/vnd.oci.image.manifest.v1+json"
OCI_INDEX = "application/vnd.oci.image.index.v1+json"
OCI_LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
OCI_CONFIG = "application/vnd.oci.image.config.v1+json"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the registry said."""

    status: int
    headers: HTTPMessage
    body: bytes

    @property
    def json(self) -> Any:
        """The body as a document."""
        return json.loads(self.body)

    @property
    def code(self) -> tuple[int, str]:
        """The status and the refusal's code."""
        return self.status, str(self.json["errors"][0]["code"])


@dataclass(frozen=True, kw_only=True)
class Client:
    """A client of one repository (``<region>/<name>``)."""

    address: str
    repository: str
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The repository's name in its region."""
        return self.repository.partition("/")[2]

    def call(
        self, method: str, path: str, body: bytes | Iterator[bytes] | None = None, **headers: str
    ) -> Answer:
        """Send a request to a path of the repository, or to a whole path; `a_b` is header ``a-b``.

        A body that comes in pieces is sent in chunks.
        """
        connection = HTTPConnection(urlsplit(self.address).netloc, timeout=60)
        spelled = {name.replace("_", "-"): value for name, value in headers.items()}
        target = path if path.startswith("/") else f"/v2/{self.repository}/{path}"
        try:
            connection.request(method, target, body=body, headers={**self.headers, **spelled})
            response = connection.getresponse()
            return Answer(status=response.status, headers=response.headers, body=response.read())
        finally:
            connection.close()

    def push_blob(self, content: bytes) -> str:
        """Push a blob in one piece; its digest."""
        begun = self.call("POST", "blobs/uploads/", b"")
        digest = digest_of(content)
        ended = self.call("PUT", f"{begun.headers['Location']}?digest={digest}", content)
        assert (begun.status, ended.status) == (202, 201), (begun.body, ended.body)
        return digest

    def push_image(self, layers: list[bytes], *tags: str, **manifest: Any) -> str:
        """Push an image with these layers under each tag (or its digest); its digest."""
        config = json.dumps({"os": "linux", "architecture": "amd64"}).encode()
        text = image_of(
            {"digest": self.push_blob(config), "size": len(config)},
            [{"digest": self.push_blob(layer), "size": len(layer)} for layer in layers],
            **manifest,
        )
        for reference in tags or (digest_of(text),):
            put = self.call("PUT", f"manifests/{reference}", text, Content_Type=OCI_IMAGE)
            assert put.status == 201, put.body
        return digest_of(text)


def image_of(config: Mapping[str, Any], layers: list[dict[str, Any]], **further: Any) -> bytes:
    """The manifest of an image."""
    return json.dumps(
        {
            "schemaVersion": 2,
            "mediaType": OCI_IMAGE,
            "config": {"mediaType": OCI_CONFIG, **config},
            "layers": [{"mediaType": OCI_LAYER, **layer} for layer in layers],
            **further,
        }
    ).encode()


def digest_of(content: bytes) -> str:
    """The digest of a content."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def unique(name: str) -> str:
    """A repository's name that no other test has."""
    return f"{name}-{uuid.uuid4().hex[:8]}"


def client_of(cloud: LocalCloud, name: str, **create: Any) -> Client:
    """A client of a new repository, logged in."""
    cloud.client("ecr").create_repository(repositoryName=name, **create)
    return client_at(cloud, name)


def client_at(cloud: LocalCloud, name: str, token: Mapping[str, str] | None = None) -> Client:
    """A client of a repository, logged in as the developer or with another's header."""
    return Client(
        address=cloud.endpoint_url,
        repository=f"{cloud.region}/{name}",
        headers=token or login(cloud),
    )


def login(cloud: LocalCloud, ecr: Any = None) -> dict[str, str]:
    """The header that lets a client in, as the developer, or as who ECR is asked by."""
    granted = (ecr or cloud.client("ecr")).get_authorization_token()["authorizationData"][0]
    assert base64.b64decode(granted["authorizationToken"]).startswith(b"AWS:")
    return {"Authorization": f"Basic {granted['authorizationToken']}"}
