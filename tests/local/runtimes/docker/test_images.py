"""Images in a docker engine: had when they are wanted, and not for ever."""

from __future__ import annotations

import os

import pytest
from docker_engines import docker, push_busybox
from host_images import ARCHITECTURE
from inside_cloud import CloudInside

from herogate.local.runtimes.docker.address import engine_socket
from herogate.local.runtimes.docker.engine import Engine
from herogate.local.runtimes.docker.images import EngineImages
from herogate.local.runtimes.provision import image_source

pytestmark = pytest.mark.docker


def test_the_images_wanted_longest_ago_go_but_for_those_that_a_container_has(
    inside: CloudInside,
) -> None:
    held, gone, kept = (push_busybox(inside.outside, {"mark": str(number)}) for number in range(3))
    engine = Engine(engine_socket(os.environ))
    images = EngineImages(inside.cloud, engine, kept=1)

    def pull(written: str) -> None:
        source = image_source(written, ARCHITECTURE, inside.cloud.is_own_host)
        assert inside.run(images.pull(source)).reference == written

    pull(held)
    container = docker("create", held, "true").strip()
    try:
        pull(gone)
        pull(kept)
        there = docker("images", "--digests", "--format", "{{.Repository}}@{{.Digest}}").split()
        assert [each in there for each in (held, gone, kept)] == [True, False, True]
    finally:
        docker("rm", container)
        inside.run(engine.close())
