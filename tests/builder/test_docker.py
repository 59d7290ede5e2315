"""Images that docker builds on machines without a layer: what is cached, and what is handed over."""

from __future__ import annotations

from pathlib import Path

import pytest
from building import Building, building
from docker_builds import DockerMachine, docker_machine
from docker_engines import push_busybox
from local_cloud import LocalCloud

pytestmark = pytest.mark.docker

STAGES = """\
ARG BASE
FROM ${{BASE}} AS build
RUN head -c 8 /dev/urandom | wc -c >/installed
COPY source /source
RUN tr a-z A-Z </source >/made

FROM ${{BASE}}
COPY --from=build /made /made
{end}
"""
END = 'EXPOSE 8000\nCMD ["cat", "/made"]'


@pytest.fixture(scope="module")
def at_work(docker_cloud: LocalCloud) -> Building:
    """CodeBuild on a cloud whose runtime is docker."""
    return building(docker_cloud, "images-of-docker")


@pytest.fixture(scope="module")
def base(at_work: Building) -> str:
    """An image to build on."""
    return push_busybox(at_work.cloud)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the machines have in common: the unpacked package."""
    return tmp_path_factory.mktemp("builds")


@pytest.fixture
def at(at_work: Building, base: str, shared: Path, request: pytest.FixtureRequest) -> DockerMachine:
    """The build machines of an app of each test's own, which its `heroku.yml` tells the base."""
    machine = docker_machine(at_work, shared / str(abs(hash(request.node.nodeid))))
    manifest = f"build:\n  docker:\n    web: Dockerfile\n  config:\n    BASE: {base}\n"
    machine.write({"heroku.yml": manifest, ".dockerignore": "heroku.yml"})
    return machine


def test_what_changed_is_built_anew_and_all_else_comes_from_the_registry(at: DockerMachine) -> None:
    at.write({"Dockerfile": STAGES.format(end=END), "source": "first"})
    first = at.build(1)
    assert first.lines[0] == "-----> Building with BuildKit"
    assert [line for line in first.lines if "!" in line] == []
    assert (first.document["cached_steps"], first.document["total_steps"]) == (0, 4)

    at.write({"source": "second"})
    changed = at.build(2)
    assert (changed.document["cached_steps"], changed.document["total_steps"]) == (1, 4)
    assert changed.document["image_digest"] != first.document["image_digest"]

    (at.source / ".git").mkdir()
    (at.source / ".git" / "HEAD").write_text("other than before")
    unchanged = at.build(3)
    assert (unchanged.document["cached_steps"], unchanged.document["total_steps"]) == (4, 4)
    assert unchanged.document["image_digest"] == changed.document["image_digest"]
    assert any(line.startswith("-----> Built in ") for line in unchanged.lines)
    assert unchanged.lines[-2].endswith("s, 4 of 4 steps cached")
    assert (at.source / ".git" / "HEAD").exists()


def test_a_step_that_was_built_once_stays_cached_through_any_number_of_pushes(
    at: DockerMachine, base: str
) -> None:
    """BuildKit forgets, of steps that were cached, how the last of them was made."""
    single = (
        f"FROM {base}\nRUN echo a >/a\nCOPY list /\nRUN echo b >/b\nCOPY source /\nCMD cat /a\n"
    )
    at.write({"Dockerfile": single, "source": "0", "list": "0"})
    assert at.build(0).document["cached_steps"] == 0
    cached = []
    for number in range(1, 7):
        at.write({"source": f"{number}", "list": f"{number // 3}"})
        cached.append(at.build(number).document["cached_steps"])
    assert cached == [3, 3, 1, 3, 3, 1]


def test_the_release_is_handed_what_the_image_says_of_itself(at: DockerMachine) -> None:
    at.write({"Dockerfile": STAGES.format(end=END), "source": "x", "Procfile": "web: cat /made\n"})
    at.write({"app.json": '{"herogate": {"health_check_path": "/up"}}'})
    document = at.build().document
    seconds = document.pop("seconds")
    digest = document.pop("image_digest")
    assert document == {
        "version": 1,
        "architecture": "x86_64",
        "port": 8000,
        "shell": True,
        "process_types": {"web": "cat /made"},
        "launcher": False,
        "health_check_path": "/up",
        "builder": "buildkit",
        "cached_steps": 0,
        "total_steps": 4,
    }
    assert set(seconds) == {"build", "push", "cache", "all"}
    ecr = at.at_work.cloud.client("ecr")
    found = ecr.describe_images(repositoryName=f"herogate/{at.app}")["imageDetails"]
    tags = {tag: image["imageDigest"] for image in found for tag in image.get("imageTags", [])}
    assert set(tags) == {f"{'1a2b3c4d' * 5}-1", "cache-1", "cache-build-1"}
    assert tags[f"{'1a2b3c4d' * 5}-1"] == digest != tags["cache-1"]


def test_an_image_without_a_shell_is_found_out(at: DockerMachine, base: str) -> None:
    at.write(
        {
            "Dockerfile": f'FROM {base} AS b\nFROM scratch\nCOPY --from=b /bin/busybox /b\nCMD ["/b"]\n'
        }
    )
    built = at.build()
    assert built.document["shell"] is False
    assert (
        "       It has no shell: commands are split into words and run as they are" in built.lines
    )
    at.write({"Procfile": "web: /b httpd -p $PORT\n"})
    refused = at.build(2)
    assert refused.lines[-4:-1] == [
        " !",
        " !     The command '/b httpd -p $PORT' needs a shell, and the image has none.",
        " !     Write it without variables, pipes and the like, or build on an image with /bin/sh.",
    ]


@pytest.mark.parametrize(
    ("end", "said"),
    [
        (
            "RUN false",
            " !     Step 3 of 3 of stage stage-1 ended with 1: RUN false",
        ),
        (
            "EXPOSE 8000",
            " !     Nothing says what web runs: the image has no CMD, and there is no Procfile.",
        ),
        (
            'EXPOSE 8000 9000\nCMD ["x"]',
            " !     The image EXPOSEs several ports (8000, 9000): web is to listen on $PORT, 8080.",
        ),
        (
            'CMD ["x"]',
            " !     The image EXPOSEs no port: web is to listen on $PORT, 8080.",
        ),
        (
            "FROM 127.0.0.1:1/nope",
            " !     The image 127.0.0.1:1/nope:latest, which the Dockerfile builds on, is not there or "
            "may not be pulled.",
        ),
        (
            "RUN printf '\\177ELF\\002\\001\\001........\\002.\\267.' >/arm && chmod +x /arm\n"
            'RUN ["/arm"]',
            " !     Step 4 of 4 of stage stage-1 runs a program that is for another architecture than "
            "x86_64, which the build machine has.",
        ),
        (
            "RUN printf '\\177ELF\\002\\001\\001........\\002.\\267.' >/arm && chmod +x /arm && "
            'busybox mv /arm /bin/sh\nCMD ["x"]',
            " !     The image's programs are for another architecture than the build machine's.",
        ),
    ],
)
def test_what_is_wrong_with_a_dockerfile_is_one_clear_line(
    at: DockerMachine, end: str, said: str
) -> None:
    at.write({"Dockerfile": STAGES.format(end=end), "source": "x"})
    assert [line for line in at.build().lines if line == said] == [said]


def test_a_dockerfile_that_leads_out_of_the_repository_is_not_read(at: DockerMachine) -> None:
    (at.source / "Dockerfile").symlink_to("/etc/passwd")
    assert at.build().lines == [
        " !",
        " !     Dockerfile is a link that leads out of what is built.",
        " !",
    ]


def test_a_context_of_two_gigabytes_is_told_and_is_no_failure(at: DockerMachine) -> None:
    at.write({"Dockerfile": STAGES.format(end=END), "source": "x"})
    with (at.source / "dump").open("wb") as file:
        file.truncate(2_000_000_000)
    built = at.build()
    assert built.lines[1:3] == [
        " !     The build context has 2.0 GB (largest: dump 2.0 GB).",
        " !     Name in .dockerignore what the image does not need.",
    ]
    assert built.has_succeeded


def test_a_directory_a_stage_and_arguments_are_what_the_manifest_says(
    at: DockerMachine, base: str
) -> None:
    (at.source / "heroku.yml").unlink()
    at.write(
        {
            "api/web.dockerfile": f"FROM {base} AS one\nARG LEVEL\nRUN echo $LEVEL >/l\nCMD cat /l\n"
            "EXPOSE 1000\nFROM one\nRUN false\n",
            "app.json": '{"herogate": {"directory": "api", "dockerfile": "web.dockerfile", '
            '"target": "one", "build_args": {"LEVEL": "high"}}}',
        }
    )
    built = at.build()
    assert built.document["port"] == 1000
