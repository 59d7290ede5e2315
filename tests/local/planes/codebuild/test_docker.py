"""Builds with docker: each has an engine of its own, for its project's builds alone that may run it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from building import Building, building
from docker_engines import containers_of, docker, push_busybox
from local_cloud import LocalCloud
from registries import unique
from waiting import wait_until

pytestmark = pytest.mark.docker

PRIVILEGED = {"privilegedMode": True}


@pytest.fixture(scope="module")
def at_work(docker_cloud: LocalCloud) -> Building:
    """CodeBuild on a cloud whose runtime is docker."""
    return building(docker_cloud, "codebuild-in-docker")


@pytest.fixture(scope="module")
def base(docker_cloud: LocalCloud) -> str:
    """An image to build on."""
    return push_busybox(docker_cloud)


def spec(*commands: str) -> str:
    return "\n".join(
        ["version: 0.2", "phases:", "  build:", "    commands:", *map(entry, commands)]
    )


def entry(command: str) -> str:
    return f"      - |\n        {command}"


def built(at_work: Building, *commands: str, **environment: Any) -> Mapping[str, Any]:
    project = at_work.project(unique("docker"), spec(*commands), environment=environment)
    return at_work.build(project)


def login(base: str) -> str:
    host = base.partition("/")[0]
    return f"aws ecr get-login-password | docker login -u AWS --password-stdin {host} 2>&1"


def test_what_one_build_makes_is_pushed_and_the_next_begins_with_nothing(
    at_work: Building, base: str, docker_cloud: LocalCloud
) -> None:
    at_work.cloud.client("ecr").create_repository(repositoryName="docker/made")
    image = f"{base.partition('/')[0]}/{docker_cloud.region}/docker/made:1"
    making = (
        login(base),
        f"printf 'FROM {base}\\nRUN touch /made-once\\n' >Dockerfile",
        "docker images --quiet --all | wc -l",
        f"DOCKER_BUILDKIT=1 docker build --progress plain -t {image} . 2>&1 | grep -c CACHED",
        f"docker push --quiet {image}",
    )
    for _ in range(2):
        build = built(at_work, *making[:3], making[3] + " || true", making[4], **PRIVILEGED)
        assert build["buildStatus"] == "SUCCEEDED", at_work.log(build)
        assert at_work.said(build)[-3:] == ["0", "0", image]
    found = at_work.cloud.client("ecr").describe_images(repositoryName="docker/made")
    assert [detail["imageTags"] for detail in found["imageDetails"] if "imageTags" in detail] == [
        ["1"]
    ]


def test_what_a_step_runs_has_a_network_and_no_way_to_the_cloud(
    at_work: Building, base: str, docker_cloud: LocalCloud
) -> None:
    where = docker_cloud.endpoint_url.removeprefix("http://").replace(":", " ")
    asked = f"nc -w 1 {where} </dev/null 2>/dev/null"
    look = f"ip -4 addr show eth0 | grep -c inet; {asked} || echo no cloud"
    build = built(
        at_work,
        login(base),
        f"docker pull --quiet {base}",
        f"docker run --rm {base} /bin/sh -c '{look}' 2>/dev/null",
        **PRIVILEGED,
    )
    assert at_work.said(build)[-2:] == ["1", "no cloud"]


def test_only_a_privileged_project_has_docker(at_work: Building) -> None:
    look = "docker version >/dev/null 2>&1 || echo none; echo ${HEROGATE_BUILDER-docker}"
    for environment, said in (({}, ["none", "docker"]), (PRIVILEGED, ["docker"])):
        asked = f'unset DOCKER_CONTEXT; [ -n "$DOCKER_HOST" ] || export DOCKER_HOST=unix:///none; {look}'
        assert at_work.said(built(at_work, asked, **environment)) == said


def test_nothing_of_a_build_is_left_in_the_engine(
    at_work: Building, base: str, docker_cloud: LocalCloud
) -> None:
    place = docker_cloud.directory.path
    looking = f"echo $DOCKER_CONFIG; {{ {login(base)}; }} >/dev/null; ls $DOCKER_CONFIG"
    before = containers_of(place)
    directory, file = at_work.said(built(at_work, looking, **PRIVILEGED))
    assert (file, Path(directory).exists()) == ("config.json", False)
    assert containers_of(place) == before

    waiting = spec("docker version && sleep 60")
    project = at_work.project(unique("docker"), waiting, environment=PRIVILEGED)
    started = at_work.codebuild.start_build(projectName=project)["build"]["id"]
    wait_until(lambda: len(containers_of(place)) == len(before) + 1)
    (own,) = set(containers_of(place)) - set(before)
    volume = docker("inspect", "--format", "{{range .Mounts}}{{.Name}}{{end}}", own).strip()
    assert volume in volumes()
    at_work.codebuild.stop_build(id=started)
    assert at_work.ended(started)["buildStatus"] == "STOPPED"
    assert (containers_of(place), volume in volumes()) == (before, False)


def test_the_disk_of_a_builds_engine_is_its_own_and_goes_with_it(
    at_work: Building, tmp_path: Path
) -> None:
    if not mounts_files(tmp_path):
        pytest.skip("this machine mounts no file as a disk, or not for us")
    own = "grep -lx /var/lib/docker/disk /sys/block/loop*/loop/backing_file"
    goes = f"{own} | xargs dirname | sed s,$,/autoclear, | xargs cat 2>/dev/null | sort -u"
    looking = f"docker info --format '{{{{.DockerRootDir}}}}'; {goes}"
    assert at_work.said(built(at_work, looking, **PRIVILEGED)) == ["/var/lib/docker/own", "1"]


def test_a_build_that_is_stopped_while_it_gets_its_engine_leaves_none(
    at_work: Building, docker_cloud: LocalCloud
) -> None:
    project = at_work.project(unique("docker"), spec("sleep 60"), environment=PRIVILEGED)
    before = containers_of(docker_cloud.directory.path)
    for _ in range(3):
        started = at_work.codebuild.start_build(projectName=project)["build"]["id"]
        wait_until(partial(is_provisioning, at_work, started))
        at_work.codebuild.stop_build(id=started)
        assert at_work.ended(started)["buildStatus"] == "STOPPED"
        assert containers_of(docker_cloud.directory.path) == before


def is_provisioning(at_work: Building, build_id: str) -> bool:
    return bool(at_work.current(build_id)["currentPhase"] == "PROVISIONING")


def mounts_files(scratch: Path) -> bool:
    """Whether a file can be a disk here."""
    disk, place = scratch / "disk", scratch / "place"
    place.mkdir()
    disk.touch()
    os.truncate(disk, 16 << 20)
    mounting = f"mkfs.ext4 -q {disk} && mount -o loop {disk} {place}"
    environment = {"PATH": f"{os.environ['PATH']}:/usr/sbin:/sbin"}
    if subprocess.run(mounting, shell=True, check=False, env=environment).returncode:
        return False
    subprocess.run(["umount", str(place)], check=True)
    return True


def volumes() -> set[str]:
    """The engine's volumes."""
    return set(docker("volume", "ls", "--quiet").split())
