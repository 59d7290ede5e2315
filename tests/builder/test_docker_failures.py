"""What is said of builds that failed, of what docker really wrote: one line that says why."""

from __future__ import annotations

from pathlib import Path

import pytest

from herogate.builder.docker_failures import explain
from herogate.builder.docker_output import BuildKitReader, ClassicReader, Reader
from herogate.errors import BuildFailed

SAID = Path(__file__).with_name("docker_said")

NEWER = {
    "failing step": (
        "#5 [2/2] RUN false\n#5 ERROR: process \"/bin/sh -c false\" did not complete successfully: "
        "exit code: 1\n------\n > [2/2] RUN false:\n------\nDockerfile:2\n"
        'ERROR: failed to build: failed to solve: process "/bin/sh -c false" did not complete '
        "successfully: exit code: 1",
        "Step 2 of 2 ended with 1: RUN false",
    ),
    "missing file": (
        "#6 [2/2] COPY nope /x\n#6 ERROR: failed to calculate checksum of ref a::b: "
        '"/nope": not found\n------\n > [2/2] COPY nope /x:\n------\nERROR: failed to solve: failed '
        'to compute cache key: failed to calculate checksum of ref a::b: "/nope": not found',
        "Step 2 of 2 takes nope, which is not there: COPY nope /x",
    ),
    "missing base": (
        "#2 [internal] load metadata for docker.io/library/nope:1\n#2 ERROR: docker.io/library/"
        "nope:1: not found\n------\n > [internal] load metadata for docker.io/library/nope:1:\n"
        "------\nERROR: failed to solve: nope:1: failed to resolve source metadata",
        "The image docker.io/library/nope:1, which the Dockerfile builds on, is not there or may "
        "not be pulled.",
    ),
    "not a Dockerfile": (
        "ERROR: failed to solve: dockerfile parse error on line 2: unknown instruction: FOO",
        "The Dockerfile cannot be read: line 2: unknown instruction: FOO.",
    ),
    "another machine": (
        "#5 [build 2/2] RUN true\n#5 0.2 exec /bin/sh: exec format error\n#5 ERROR: process "
        '"/bin/sh -c true" did not complete successfully: exit code: 1',
        "Step 2 of 2 of stage build runs a program that is for another architecture than x86_64, "
        "which the build machine has.",
    ),
    "no engine": (
        "ERROR: Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker "
        "daemon running?",
        "docker's engine does not answer on the build machine.",
    ),
    "full": (
        "#5 [2/2] RUN make\n#5 ERROR: write /x: no space left on device",
        "The build machine's disk is full.",
    ),
    "its own words": (
        '#5 [2/2] RUN make\n#5 0.1 "/x": not found\n#5 ERROR: executor failed: exit code: 2',
        "Step 2 of 2 ended with 2: RUN make",
    ),
    "no exit code": (
        "#5 [2/2] RUN make\n#5 ERROR: executor failed running [/bin/sh -c make]: unable to find user "
        "ann: invalid argument\n------\n > [2/2] RUN make:\n------\nexecutor failed running "
        "[/bin/sh -c make]: unable to find user ann: invalid argument",
        "Step 2 of 2 failed (unable to find user ann: invalid argument): RUN make",
    ),
    "something else": (
        "ERROR: failed to solve: what nobody knows",
        "docker cannot build it: what nobody knows.",
    ),
    "nothing": ("", "docker cannot build it: it does not say why."),
}  # fmt: skip


def why(reader: Reader, text: str) -> BuildFailed:
    for line in text.splitlines():
        list(reader.read(line))
    return explain(reader.tail, reader.failed, machine="x86_64")


OLD = {
    "failing_step": "Step 2 of 2 ended with 1: RUN echo hello; false",
    "unknown_instruction": "The Dockerfile cannot be read: line 2: unknown instruction: FOO.",
    "missing_file": "Step 2 of 2 takes nope, which is not there: COPY nope /x",
    "missing_base": "The image registry:1/nope:1, which the Dockerfile builds on, is not there or may "
    "not be pulled.",
    "empty": "The Dockerfile cannot be read: file with no instructions.",
    "missing_target": "The Dockerfile has no stage zz.",
}


@pytest.mark.parametrize("builder", ["buildkit", "classic"])
@pytest.mark.parametrize("case", OLD)
def test_each_failure_is_told_in_one_line_whatever_builds(case: str, builder: str) -> None:
    reader = BuildKitReader() if builder == "buildkit" else ClassicReader()
    said = (SAID / f"{case}.{builder}.txt").read_text(encoding="utf-8")
    assert why(reader, said).message == OLD[case]


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        ("unreachable_base.buildkit", "docker.io/library/nosuchimage-anywhere:1"),
        ("unreachable_base.classic", "nosuchimage-anywhere:1"),
        ("unknown_stage.buildkit", "docker.io/library/nostage:latest"),
    ],
)
def test_an_image_that_cannot_be_reached_is_named(case: str, expected: str) -> None:
    reader = BuildKitReader() if case.endswith("buildkit") else ClassicReader()
    failure = why(reader, (SAID / f"{case}.txt").read_text(encoding="utf-8"))
    assert failure.message.startswith(
        f"The image {expected}, which the Dockerfile builds on, is not"
    )


@pytest.mark.parametrize("case", NEWER)
def test_newer_buildkits_are_understood_as_well(case: str) -> None:
    said, expected = NEWER[case]
    assert why(BuildKitReader(), said).message == expected
