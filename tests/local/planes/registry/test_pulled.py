"""Images as a runtime takes them: from a store and files of their own, without a cloud around."""

from __future__ import annotations

import asyncio
import json
import platform
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from registries import OCI_INDEX, OCI_LAYER, digest_of, image_of

from herogate.local.planes.registry import manifests
from herogate.local.planes.registry.blobs import Blobs
from herogate.local.planes.registry.manifests import Manifest
from herogate.local.planes.registry.pulled import ImageUnavailable, LayerFile, PulledImage, pull
from herogate.local.planes.registry.records import Image, Records, Repository
from herogate.local.store import Store

SHOP = Repository(region="us-east-1", name="shop")
HERE = {"x86_64": "amd64", "aarch64": "arm64"}[platform.machine()]
ELSEWHERE = {"amd64": "arm64", "arm64": "amd64"}[HERE]


class Shelf:
    """A store and the files of blobs."""

    def __init__(self, directory: Path) -> None:
        self.store = Store(directory / "documents")
        self.records = Records(self.store)
        self.blobs = Blobs(directory / "blobs")
        self._incoming = directory / "incoming"

    def blob(self, content: bytes) -> dict[str, Any]:
        """Put a blob there; its descriptor."""
        self._incoming.write_bytes(content)
        asyncio.run(self.blobs.adopt(self._incoming, digest_of(content)))
        return {"digest": digest_of(content), "size": len(content)}

    def image(self, config: bytes, *layers: bytes) -> Manifest:
        """Put an image there."""
        text = image_of(self.blob(config), [self.blob(layer) for layer in layers])
        return self.put(manifests.read(text))

    def put(self, manifest: Manifest) -> Manifest:
        """Put a manifest there."""
        self.records.put_image(SHOP, manifest, 1.0)
        return manifest

    def pull(self, manifest: Manifest) -> PulledImage:
        """Take an image, as a runtime does."""
        return asyncio.run(
            pull(self.records, self.blobs, SHOP, Image(manifest=manifest, pushed_at=1.0))
        )


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    made = Shelf(tmp_path)
    yield made
    made.store.close()


def index(**images: Manifest) -> Manifest:
    """An index of images by their architecture."""
    return _index(
        {**_entry(image), "platform": {"os": "linux", "architecture": architecture}}
        for architecture, image in images.items()
    )


def listing(*parts: Manifest) -> Manifest:
    """An index that does not say for which machines its parts are."""
    return _index(map(_entry, parts))


def _index(entries: Iterable[dict[str, Any]]) -> Manifest:
    document = {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": list(entries)}
    return manifests.read(json.dumps(document).encode())


def _entry(part: Manifest) -> dict[str, Any]:
    return {"mediaType": part.media_type, "digest": part.digest, "size": 1}


def test_an_image_is_its_documents_and_its_layers_files(shelf: Shelf) -> None:
    manifest = shelf.image(b'{"os": "linux"}', b"lower", b"upper")
    assert shelf.pull(manifest) == PulledImage(
        digest=manifest.digest,
        manifest=json.loads(manifest.text),
        config={"os": "linux"},
        layers=tuple(
            LayerFile(
                digest=digest_of(content),
                media_type=OCI_LAYER,
                size=5,
                path=shelf.blobs.path(digest_of(content)),
            )
            for content in (b"lower", b"upper")
        ),
    )
    assert [layer.path.read_bytes() for layer in shelf.pull(manifest).layers] == [
        b"lower",
        b"upper",
    ]


def test_of_an_index_the_image_for_this_machine_is_taken(shelf: Shelf) -> None:
    ours, theirs = shelf.image(b'{"a": 1}'), shelf.image(b'{"a": 2}')
    both = index(**{ELSEWHERE: theirs, HERE: ours})
    assert shelf.pull(both).digest == ours.digest
    with pytest.raises(ImageUnavailable, match=f"no match for platform .*: linux/{HERE}"):
        shelf.pull(index(**{ELSEWHERE: theirs}))


def test_of_indexes_in_an_index_too(shelf: Shelf) -> None:
    ours, theirs = shelf.image(b'{"a": 1}'), shelf.image(b'{"a": 2}')
    inner = shelf.put(index(**{ELSEWHERE: theirs, HERE: ours}))
    assert shelf.pull(listing(inner)).digest == ours.digest


def test_an_image_of_which_the_index_says_nothing_says_itself_for_which_machine_it_is(
    shelf: Shelf,
) -> None:
    theirs, ours = (
        shelf.image(json.dumps({"os": "linux", "architecture": machine}).encode())
        for machine in (ELSEWHERE, HERE)
    )
    attestation = shelf.image(b"no configuration")
    assert shelf.pull(listing(attestation, theirs, ours)).digest == ours.digest
    with pytest.raises(ImageUnavailable, match="no match for platform"):
        shelf.pull(listing(attestation, theirs))


def test_an_image_with_a_layer_that_was_never_pushed_is_refused(shelf: Shelf) -> None:
    absent = {"digest": digest_of(b"absent"), "size": 6, "urls": ["https://example.com/absent"]}
    kind = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"
    manifest = manifests.read(image_of(shelf.blob(b"{}"), [{**absent, "mediaType": kind}]))
    with pytest.raises(ImageUnavailable, match="layers that are not in the registry: sha256:"):
        shelf.pull(manifest)


@pytest.mark.parametrize("config", [b"", b"[]", b"[" * 100_000])
def test_an_image_whose_configuration_is_none_is_refused(shelf: Shelf, config: bytes) -> None:
    with pytest.raises(ImageUnavailable, match="configuration that cannot be read"):
        shelf.pull(shelf.image(config))
