"""The registry as docker itself meets it."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import tarfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from docker_engines import docker, need_engine
from local_cloud import LocalCloud, running
from registries import unique

from herogate.local.directory import Directory
from herogate.local.runtimes import host

pytestmark = pytest.mark.docker

_MIB = 1 << 20


@pytest.fixture(scope="module")
def settings(cloud: LocalCloud, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a client that has logged in to the session's cloud."""
    need_engine()
    return logged_in(cloud, tmp_path_factory.mktemp("docker"))


@pytest.fixture
def images() -> Iterator[list[str]]:
    """The engine's images that a test has made, which it leaves none of."""
    made: list[str] = []
    yield made
    for image in made:
        docker("rmi", "--force", image)


def logged_in(cloud: LocalCloud, directory: Path) -> dict[str, str]:
    environment = {**os.environ, "DOCKER_CONFIG": str(directory)}
    password = subprocess.run(
        ["aws", "ecr", "get-login-password"],
        env=cloud.environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    words = ("login", "--username", "AWS", "--password-stdin", address(cloud))
    assert "Login Succeeded" in docker(*words, input=password, env=environment)
    return environment


def address(cloud: LocalCloud) -> str:
    return cloud.endpoint_url.removeprefix("http://")


def repository(cloud: LocalCloud) -> str:
    """A new repository's address."""
    name = unique("shop/web")
    cloud.client("ecr").create_repository(repositoryName=name)
    return f"{address(cloud)}/{cloud.region}/{name}"


def image(*contents: bytes) -> str:
    """An image in the engine, with one file a layer; its id."""
    made = ""
    for number, content in enumerate(contents):
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w") as archive:
            entry = tarfile.TarInfo("Dockerfile")
            text = f"FROM {made or 'scratch'}\nCOPY content /{number}\n".encode()
            entry.size = len(text)
            archive.addfile(entry, io.BytesIO(text))
            entry = tarfile.TarInfo("content")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
        command = [str(host.client()), "build", "--quiet", "-"]
        environment = {**os.environ, "DOCKER_BUILDKIT": "0"}
        built = subprocess.run(
            command, input=packed.getvalue(), capture_output=True, check=True, env=environment
        )
        made = built.stdout.decode().strip()
    return made


def failed(*words: str, env: dict[str, str]) -> str:
    """What docker's client complains of; it must fail."""
    ran = subprocess.run([str(host.client()), *words], capture_output=True, text=True, env=env)
    assert ran.returncode == 1, ran.stdout
    return ran.stderr


def test_an_image_is_pulled_as_it_was_pushed(
    cloud: LocalCloud, settings: dict[str, str], images: list[str]
) -> None:
    place, built = repository(cloud), image(os.urandom(5 * _MIB), b"small")
    images.append(built)
    docker("tag", built, f"{place}:v1")
    pushed = docker("push", f"{place}:v1", env=settings)
    digest = next(word for word in pushed.split() if word.startswith("sha256:"))
    docker("rmi", "--force", built)
    docker("pull", f"{place}@{digest}", env=settings)
    assert docker("inspect", "--format", "{{.Id}}", f"{place}@{digest}").strip() == built

    docker("tag", built, f"{place}:v2")
    assert docker("push", f"{place}:v2", env=settings).count("Layer already exists") == 2
    other = repository(cloud)
    docker("tag", built, f"{other}:v1")
    assert docker("push", f"{other}:v1", env=settings).count("Mounted from") == 2


def test_images_that_share_layers_are_pushed_and_pulled_at_once(
    cloud: LocalCloud, settings: dict[str, str], images: list[str]
) -> None:
    shared, places = os.urandom(4 * _MIB), [repository(cloud) for _ in range(4)]
    built = {place: image(shared, place.encode()) for place in places}
    images += [*built.values(), image(shared)]

    def round_trip(place: str) -> str:
        docker("tag", built[place], f"{place}:v1")
        docker("push", f"{place}:v1", env=settings)
        # An engine that is to remove a parent of two images that go at once says that it is not there.
        docker("rmi", "--no-prune", f"{place}:v1")
        docker("pull", f"{place}:v1", env=settings)
        return docker("inspect", "--format", "{{.Id}}", f"{place}:v1").strip()

    with ThreadPoolExecutor() as at_once:
        assert list(at_once.map(round_trip, places)) == list(built.values())


def test_a_push_that_a_kill_has_cut_off_goes_on_with_what_had_arrived(
    directory: Directory, tmp_path: Path, images: list[str]
) -> None:
    need_engine()
    own = running(directory)
    settings = logged_in(own, tmp_path / "client")
    place, built = repository(own), image(os.urandom(_MIB), os.urandom(32 * _MIB))
    images.append(built)
    docker("tag", built, f"{place}:v1")
    command = [str(host.client()), "push", f"{place}:v1"]
    with subprocess.Popen(command, env=settings, stdout=subprocess.PIPE, text=True) as pushing:
        assert pushing.stdout is not None
        assert any(line.endswith(": Pushed\n") for line in pushing.stdout)
        os.kill(directory.status()["pid"], signal.SIGKILL)
        assert running(directory).endpoint_url == own.endpoint_url
        pushing.stdout.read()
    again = docker("push", f"{place}:v1", env=settings)
    assert "Layer already exists" in again
    docker("rmi", "--force", built)
    docker("pull", f"{place}:v1", env=settings)
    assert docker("inspect", "--format", "{{.Id}}", f"{place}:v1").strip() == built


def test_a_manifest_list_leads_to_the_image_for_this_machine(
    cloud: LocalCloud, settings: dict[str, str], images: list[str]
) -> None:
    place, built = repository(cloud), [image(b"here"), image(b"elsewhere")]
    images += built
    machine = docker("version", "--format", "{{.Server.Arch}}").strip()
    other = "arm64" if machine == "amd64" else "amd64"
    names = [f"{place}:{architecture}" for architecture in (machine, other)]
    for one, name in zip(built, names, strict=True):
        docker("tag", one, name)
        docker("push", name, env=settings)
    docker("manifest", "create", "--insecure", f"{place}:v1", *names, env=settings)
    docker(
        *("manifest", "annotate", "--os", "linux", "--arch", other, f"{place}:v1", names[1]),
        env=settings,
    )
    docker("manifest", "push", "--insecure", f"{place}:v1", env=settings)
    for name in names:
        docker("rmi", "--force", name)
    docker("pull", f"{place}:v1", env=settings)
    assert docker("inspect", "--format", "{{.Id}}", f"{place}:v1").strip() == built[0]


def test_a_tag_that_is_immutable_is_not_moved(
    cloud: LocalCloud, settings: dict[str, str], images: list[str]
) -> None:
    name, built = unique("kept"), [image(b"first"), image(b"second")]
    images += built
    cloud.client("ecr").create_repository(repositoryName=name, imageTagMutability="IMMUTABLE")
    tag = f"{address(cloud)}/{cloud.region}/{name}:v1"
    docker("tag", built[0], tag)
    docker("push", tag, env=settings)
    docker("tag", built[1], tag)
    assert "cannot be overwritten because the tag is immutable" in failed("push", tag, env=settings)


def test_who_has_not_logged_in_and_what_is_not_there_are_told_apart(
    cloud: LocalCloud, settings: dict[str, str], tmp_path: Path, images: list[str]
) -> None:
    place, built = repository(cloud), image(b"content")
    images.append(built)
    nowhere = f"{address(cloud)}/{cloud.region}/no-such-repository:v1"
    for name in (f"{place}:v1", nowhere):
        docker("tag", built, name)
    stranger = {**settings, "DOCKER_CONFIG": str(tmp_path)}
    assert "no basic auth credentials" in failed("push", f"{place}:v1", env=stranger)
    assert "'no-such-repository' does not exist" in failed("push", nowhere, env=settings)
    assert "Requested image not found" in failed("pull", f"{place}:v2", env=settings)
