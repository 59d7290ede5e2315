"""Layers on top of one another, images that stay, copies for containers."""

from __future__ import annotations

import asyncio
import os
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from host_images import layer, link

from herogate.local.planes.registry.pulled import LayerFile, PulledImage
from herogate.local.runtimes.process import images
from herogate.local.runtimes.process.images import UnpackedImages, copy, remove
from herogate.local.runtimes.runtime import CannotPull

GZIP = "application/vnd.oci.image.layer.v1.tar+gzip"
Pulled = Callable[..., PulledImage]


@pytest.fixture
def pulled(tmp_path: Path) -> Pulled:
    """An image with these layers, as the registry has it."""

    def make(*layers: bytes, digest: str = "sha256:0", media_type: str = GZIP) -> PulledImage:
        files = []
        for number, content in enumerate(layers):
            path = tmp_path / f"blob-{digest[7:]}-{number}"
            path.write_bytes(content)
            files.append(
                LayerFile(digest=str(number), media_type=media_type, size=len(content), path=path)
            )
        return PulledImage(digest=digest, manifest={}, config={}, layers=tuple(files))

    return make


def unpack(directory: Path, image: PulledImage) -> Path:
    async def unpacked() -> Path:
        store = UnpackedImages(directory / "images")
        await store.start()
        return await store.unpack(image)

    return asyncio.run(unpacked())


def tree(root: Path) -> dict[str, str]:
    """Files' contents and links' targets by path."""
    return {
        str(path.relative_to(root)): f"-> {path.readlink()}"
        if path.is_symlink()
        else path.read_text()
        for path in sorted(root.rglob("*"))
        if path.is_symlink() or path.is_file()
    }


def test_upper_layers_change_replace_and_remove_what_lower_ones_have(
    tmp_path: Path, pulled: Pulled
) -> None:
    image = pulled(
        layer({f"app/{name}": "1" for name in ("kept", "changed", "gone", "old/x", "dir/x")}),
        layer({
            "app/changed": "2", "app/.wh.gone": "", "app/old/y": "2", "app/old/.wh..wh..opq": "",
            "app/.wh.dir": "", "app/new/ü ß.txt": "2",
        }),
        layer({"app/dir": "a file now"}, link("app/link", "kept")),
    )  # fmt: skip
    assert tree(unpack(tmp_path, image)) == {
        "app/changed": "2",
        "app/dir": "a file now",
        "app/kept": "1",
        "app/link": "-> kept",
        "app/new/ü ß.txt": "2",
        "app/old/y": "2",
    }


def test_modes_times_and_links_are_kept(tmp_path: Path, pulled: Pulled) -> None:
    private = tarfile.TarInfo("app/private")
    private.mode, private.mtime = 0o4640, 1_000_000_000
    lower = layer({"app/program": "run"}, private)
    upper = layer({}, link("app/again", "app/program", tarfile.LNKTYPE))
    root = unpack(tmp_path, pulled(lower, upper))
    found = (root / "app/private").stat()
    assert (found.st_mode & 0o7777, found.st_mtime) == (0o640, 1_000_000_000)
    assert (root / "app/program").stat().st_mode & 0o777 == 0o755
    assert (root / "app/again").samefile(root / "app/program")


@pytest.mark.parametrize(
    ("name", "target", "found"),
    [
        ("app/link", "/app/deep/x", "deep/x"),
        ("app/deep/link", "/app/x", "../x"),
        ("app/link", "/app", "."),
        ("app/link", "/usr/bin/python3", "/usr/bin/python3"),
        ("app/link", "../../../etc", "../../../etc"),
    ],
)
def test_links_that_mean_the_images_files_find_them_wherever_they_are(
    tmp_path: Path, pulled: Pulled, name: str, target: str, found: str
) -> None:
    root = unpack(tmp_path, pulled(layer({}, link(name, target))))
    assert str((root / name).readlink()) == found


def device() -> tarfile.TarInfo:
    member = tarfile.TarInfo("app/null")
    member.type, member.devmajor, member.devminor = tarfile.CHRTYPE, 1, 3
    return member


@pytest.mark.parametrize(
    ("layers", "reason"),
    [
        ([layer({"../out": ""})], "leads out of the image: ../out"),
        ([layer({"app/../../out": ""})], "leads out of the image: app/../../out"),
        ([layer({}, link("app/l", "/tmp")), layer({"app/l/x": ""})], "no directory: app/l/x"),
        ([layer({}, link("app/l", "/etc")), layer({"app/l/.wh.passwd": ""})], "no directory: "),
        ([layer({"app/f": ""}), layer({"app/f/x": ""})], "no directory: app/f/x"),
        ([layer({}, link("app/l", "../../x", tarfile.LNKTYPE))], "leads out of the image: ../../x"),
        ([layer({}, link("app/l", "/etc/passwd", tarfile.LNKTYPE))], "no file of the image: app/l"),
        (
            [
                layer({}, link("app/l", "/etc/passwd")),
                layer({}, link("app/h", "app/l", tarfile.LNKTYPE)),
            ],
            "no file of the image: app/h",
        ),
        ([layer({}, link("app", "/tmp"))], "makes a link of /app"),
        ([layer({}, device())], "no file, directory or link: app/null"),
        ([b"no archive"], "file could not be opened successfully"),
        ([layer({"app/x": "1" * 100_000})[:-300]], ""),
    ],
)
def test_a_layer_that_is_not_as_it_should_be_is_refused_and_leaves_nothing(
    tmp_path: Path, pulled: Pulled, layers: list[bytes], reason: str
) -> None:
    with pytest.raises(CannotPull) as caught:
        unpack(tmp_path, pulled(*layers))
    assert str(caught.value).startswith("failed to register layer: ")
    assert reason in str(caught.value)
    assert not list((tmp_path / "images").iterdir())


def test_a_compression_that_is_not_known_is_refused_by_name(tmp_path: Path, pulled: Pulled) -> None:
    zstd = "application/vnd.oci.image.layer.v1.tar+zstd"
    with pytest.raises(CannotPull, match=r"compression is not supported: .*zstd"):
        unpack(tmp_path, pulled(b"", media_type=zstd))


def test_an_image_is_unpacked_once_however_many_ask(tmp_path: Path, pulled: Pulled) -> None:
    image = pulled(layer({"app/x": "1"}))

    async def unpacked() -> set[int]:
        store = UnpackedImages(tmp_path / "images")
        await store.start()
        roots = await asyncio.gather(*(store.unpack(image) for _ in range(3)))
        return {root.stat().st_ino for root in roots}

    assert len(asyncio.run(unpacked())) == 1


def test_what_was_in_the_works_is_cleared_away_and_the_rest_stays(
    tmp_path: Path, pulled: Pulled
) -> None:
    root = unpack(tmp_path, pulled(layer({"app/x": "1"})))
    half = tmp_path / "images" / ".half"
    (half / "app").mkdir(parents=True)
    inode = root.stat().st_ino
    assert unpack(tmp_path, pulled(layer({"app/x": "1"}))).stat().st_ino == inode
    assert not half.exists()


def test_images_that_nobody_asked_for_for_longest_are_removed(
    tmp_path: Path, pulled: Pulled, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(images, "_KEPT", 1)

    async def pruned() -> list[str]:
        store = UnpackedImages(tmp_path / "images")
        await store.start()
        roots = [
            await store.unpack(pulled(layer({"app/x": "1"}), digest=f"sha256:{number}"))
            for number in range(3)
        ]
        for age, root in enumerate(roots):
            os.utime(root, (age, age))
        await store.prune(lambda: {roots[0]})
        return sorted(path.name for path in (tmp_path / "images").iterdir())

    assert asyncio.run(pruned()) == ["sha256-0", "sha256-2"]


def test_a_copy_is_its_containers_own_but_for_the_environment(
    tmp_path: Path, pulled: Pulled
) -> None:
    image = layer({"app/.herogate/venv/x": "1", "app/node_modules/m/i.js": "1", "app/src/y": "1"})
    root = unpack(tmp_path, pulled(image))
    own = tmp_path / "own"
    asyncio.run(copy(root, own))
    (own / "app/src/y").write_text("2")
    assert (root / "app/src/y").read_text() == "1"
    assert (own / "app/.herogate/venv/x").samefile(root / "app/.herogate/venv/x")
    assert (own / "app/node_modules/m/i.js").samefile(root / "app/node_modules/m/i.js")
    remove(own)
    assert tree(root) == {
        "app/.herogate/venv/x": "1",
        "app/node_modules/m/i.js": "1",
        "app/src/y": "1",
    }


def test_an_image_without_files_still_has_its_directory(tmp_path: Path, pulled: Pulled) -> None:
    own = tmp_path / "own"
    asyncio.run(copy(unpack(tmp_path, pulled()), own))
    assert (own / "app").is_dir()


def test_what_may_not_be_written_to_is_removed_all_the_same(tmp_path: Path) -> None:
    closed: Any = tmp_path / "own" / "closed"
    closed.mkdir(parents=True)
    (closed / "file").touch(mode=0o400)
    closed.chmod(0o500)
    remove(tmp_path / "own")
    remove(tmp_path / "own")
    assert not (tmp_path / "own").exists()
