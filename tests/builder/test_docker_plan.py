"""The commands by which docker builds: whole, for each way it can."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from herogate.builder import docker_plan
from herogate.builder.docker_output import Step
from herogate.builder.docker_plan import Command, Engine, Order
from herogate.builder.dockerfile import Stage

SHOP = Order(repository="registry:1/shop", tag="1a2b-7", cache="cache")
KNOWN = Order(
    repository="registry:1/shop",
    tag="1a2b-7",
    cache="cache",
    cached=frozenset({"cache", "cache-2", "cache-build-1"}),
    dockerfile="docker/web",
    target="runtime",
    arguments={"LEVEL": "2"},
    environment=frozenset({"HTTP_PROXY", "PATH"}),
)
SAID = ("--target", "runtime", "--build-arg", "HTTP_PROXY", "--build-arg", "LEVEL=2")
WITH_BUILDKIT = {"DOCKER_BUILDKIT": "1", "BUILDX_BUILDER": "default"}


def argv(*words: str) -> tuple[str, ...]:
    return tuple(word for text in words for word in text.split())


@pytest.mark.parametrize(
    ("client", "server", "expected"),
    [
        ("20.10.24+dfsg1", "20.10.24+dfsg1", Engine.BUILDKIT),
        ("19.03.1", "20.10.24", Engine.BUILDKIT),
        ("28.2.2", "28.2.2", Engine.CLASSIC),
        ("20.10.24", "18.09.1", Engine.CLASSIC),
        ("17.05.0-ce", "20.10.24", Engine.CLASSIC),
        ("library-import", "20.10.24", Engine.CLASSIC),
    ],
)
def test_without_buildx_the_versions_say_how_docker_builds(
    client: str, server: str, expected: Engine
) -> None:
    assert docker_plan.choose(client=client, server=server) is expected


def test_buildx_writes_one_cache_of_all_stages_and_asks_for_none_the_first_time() -> None:
    assert docker_plan.build(Engine.BUILDX, SHOP) == Command(
        argv=argv(
            "docker buildx build --progress plain --file Dockerfile --cache-to",
            "type=registry,ref=registry:1/shop:cache,mode=max,image-manifest=true,"
            "oci-mediatypes=true,compression=zstd,ignore-error=true",
            "--provenance=false --output type=image,name=registry:1/shop:1a2b-7,push=true,"
            "oci-mediatypes=true,compression=zstd,compression-level=3 .",
        )
    )


def test_buildx_reads_the_cache_that_is_there() -> None:
    command = docker_plan.build(Engine.BUILDX, KNOWN)
    assert command.argv[5:13] == (*SAID, "--file", "docker/web")
    assert command.argv[13:15] == ("--cache-from", "type=registry,ref=registry:1/shop:cache")


def test_buildkit_keeps_the_cache_in_the_image_and_asks_for_no_tag_that_is_not_there() -> None:
    assert docker_plan.build(Engine.BUILDKIT, SHOP) == Command(
        argv=argv(
            "docker build --progress plain --build-arg BUILDKIT_INLINE_CACHE=1",
            "--file Dockerfile --tag registry:1/shop:1a2b-7 .",
        ),
        variables=WITH_BUILDKIT,
    )


def test_buildkit_takes_the_image_and_the_stages_from_their_tags() -> None:
    assert docker_plan.build(Engine.BUILDKIT, KNOWN) == Command(
        argv=(
            *argv("docker build --progress plain --build-arg BUILDKIT_INLINE_CACHE=1"),
            *argv(
                "--cache-from registry:1/shop:cache-2 --cache-from registry:1/shop:cache-build-1"
            ),
            *SAID,
            *argv("--file docker/web --tag registry:1/shop:1a2b-7 ."),
        ),
        variables=WITH_BUILDKIT,
    )
    assert docker_plan.fetching(Engine.BUILDKIT, KNOWN) == []


def test_the_classic_builder_fetches_first_what_it_takes() -> None:
    assert docker_plan.fetching(Engine.CLASSIC, SHOP) == []
    assert docker_plan.fetching(Engine.CLASSIC, KNOWN) == [
        Command(argv=argv("docker pull --quiet registry:1/shop:cache-2")),
        Command(argv=argv("docker pull --quiet registry:1/shop:cache-build-1")),
    ]
    assert docker_plan.build(Engine.CLASSIC, KNOWN) == Command(
        argv=(
            *argv("docker build"),
            *argv(
                "--cache-from registry:1/shop:cache-2 --cache-from registry:1/shop:cache-build-1"
            ),
            *SAID,
            *argv("--file docker/web --tag registry:1/shop:1a2b-7 ."),
        ),
        variables={"DOCKER_BUILDKIT": "0"},
    )


def test_a_stage_is_named_after_the_image_was_built() -> None:
    stage = Stage(name="build", target="Build", base="debian")
    assert docker_plan.build_stage(Engine.BUILDKIT, SHOP, stage, "cache-build-1") == Command(
        argv=argv(
            "docker build --progress plain --build-arg BUILDKIT_INLINE_CACHE=1 --target Build",
            "--file Dockerfile --tag registry:1/shop:cache-build-1 .",
        ),
        variables=WITH_BUILDKIT,
    )


def test_a_buildkit_of_its_own_is_one_to_the_byte_wherever_it_comes_from() -> None:
    registry = "123456789012.dkr.ecr.eu-west-1.amazonaws.com"
    starts = docker_plan.builders(registry, "/tmp/x.toml")
    assert [start.argv for start in starts] == [
        argv(
            "docker buildx create --use --bootstrap --driver docker-container --driver-opt",
            f"image={host}/{docker_plan.BUILDKIT} --buildkitd-config /tmp/x.toml",
        )
        for host in ("mirror.gcr.io", "docker.io")
    ]
    assert re.fullmatch(r"moby/buildkit:v\d+\.\d+\.\d+@sha256:[0-9a-f]{64}", docker_plan.BUILDKIT)


def test_a_buildkit_of_its_own_takes_docker_hubs_images_from_amazon() -> None:
    registry = "123456789012.dkr.ecr.eu-west-1.amazonaws.com"
    assert docker_plan.buildkit_settings(registry) == (
        '[registry."docker.io"]\n  mirrors = ["public.ecr.aws/docker"]\n'
    )


def test_a_registry_on_this_machine_is_reached_as_docker_itself_reaches_it() -> None:
    starts = docker_plan.builders("127.0.0.1:5000", "/tmp/x.toml")
    assert all("network=host" in start.argv for start in starts)
    assert docker_plan.buildkit_settings("127.0.0.1:5000").endswith(
        '[registry."127.0.0.1:5000"]\n  http = true\n'
    )


BUILD = (
    Stage(name="build", target="build", base="deps"),
    Stage(name="deps", target="deps", base="a"),
)


def steps(text: str) -> list[Step]:
    """Steps by line: ``<stage> <number> run|cached <instruction>``."""
    found = []
    for line in text.splitlines():
        stage, number, fate, instruction = line.split(" ", 3)
        ran = fate == "run"
        found.append(
            Step(
                stage=stage, number=int(number), of=9, instruction=instruction,
                is_cached=not ran, is_done=ran,
            )
        )  # fmt: skip
    return found


@pytest.mark.parametrize(
    ("text", "is_kept", "expected"),
    [
        ("deps 2 run RUN a\nbuild 2 run COPY . .\nbuild 3 run RUN b", False, True),
        ("deps 2 cached RUN a\nbuild 2 run COPY . .\nbuild 3 run RUN b", False, True),
        ("deps 2 cached RUN a\nbuild 2 cached COPY . .\nbuild 3 cached RUN b", False, False),
        ("deps 2 cached RUN a\nbuild 2 run COPY . .\nbuild 3 run RUN b", True, False),
        ("deps 2 run RUN a\nbuild 2 run COPY . .\nbuild 3 run RUN b", True, True),
        ("deps 2 cached COPY x .\ndeps 3 run RUN a\nbuild 2 run COPY . .", True, True),
        ("deps 2 cached RUN a\nbuild 3 run RUN b", True, True),
        ("stage-2 2 run RUN a", True, False),
        ("", True, False),
    ],
)
def test_a_stages_cache_is_written_when_more_has_changed_than_the_sources(
    text: str, is_kept: bool, expected: bool
) -> None:
    assert docker_plan.is_worth_keeping(BUILD, steps(text), is_kept=is_kept) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("deps 2 run RUN a\nbuild 2 run COPY . .\nbuild 3 run RUN b", 1),
        ("build 3 run RUN b\nbuild 2 run COPY . .\ndeps 2 cached RUN a", 2),
        ("deps 2 cached RUN a\nbuild 2 cached COPY . .\nbuild 3 run RUN b", 3),
        ("deps 2 cached RUN a\nstage-2 2 run RUN b", None),
        ("", None),
    ],
)
def test_an_image_is_kept_under_the_number_of_its_first_step_that_was_run(
    text: str, expected: int | None
) -> None:
    chain = (replace(BUILD[0], steps=2), replace(BUILD[1], steps=1))
    assert docker_plan.first_run(chain, steps(text)) == expected


def test_every_step_of_the_image_and_of_the_stages_apart_may_have_a_tag() -> None:
    own = (Stage(name="stage-2", target="2", base="a", steps=2),)
    chain = (replace(BUILD[0], steps=1), replace(BUILD[1], steps=1))
    assert SHOP.tags(own, [chain]) == [
        *("cache", "cache-1", "cache-2"),
        *("cache-build-1", "cache-build-2"),
    ]


def test_whoever_made_the_image_is_asked_whether_it_has_a_shell() -> None:
    assert docker_plan.shell(Engine.BUILDKIT, "shop:1", "/x").argv == argv(
        "docker run --rm --network none --user 0 --entrypoint /bin/sh shop:1 -c :"
    )
    assert docker_plan.shell(Engine.BUILDX, "shop:1", "/x").argv == argv(
        "docker buildx build --progress plain --build-arg IMAGE=shop:1 /x"
    )
