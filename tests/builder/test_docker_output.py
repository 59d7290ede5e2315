"""What docker writes while it builds: what is told of it, and which steps were cached."""

from __future__ import annotations

from herogate.builder.docker_output import BuildKitReader, ClassicReader, Reader, Step

BUILDKIT = """\
#1 [internal] load build definition from Dockerfile
#1 sha256:db8be96fbd2c1c9c895465b7c270c3b24345cf8d1dd750386718f4616941e9ac
#1 DONE 0.0s

#4 [build 1/4] FROM registry:1/base@sha256:08bb
#4 DONE 0.0s

#6 [build 2/4] RUN apt-get install gcc
#6 sha256:98585369b0dbd688f193e1b36a45f211c3931693383c4d5b6f2ac3445dc56143
#6 CACHED

#9 [build 3/4] COPY . .
#9 pulling sha256:be07 2.8s done
#9 DONE 0.6s

#11 [build 4/4] RUN make
#11 0.327 cc -O2
#5 [stage-1 2/3] RUN useradd web
#5 0.100 adding web
#11 0.400 linked
#11 DONE 0.6s
#5 DONE 0.7s

#12 [stage-1 3/3] COPY --from=build /src/web /bin/web
#12 DONE 0.2s

#15 exporting to image
#15 naming to registry:1/shop:1 done
#15 DONE 0.0s
"""

CLASSIC = """\
Sending build context to Docker daemon  4.096kB
Step 1/4 : FROM registry:1/base
 ---> f84cce54d31b
Step 2/4 : RUN apt-get install gcc
 ---> Using cache
 ---> 0a1b2c3d4e5f
Step 3/4 : RUN make
 ---> Running in bdf3164110a0
cc -O2
Removing intermediate container bdf3164110a0
 ---> 1a2b3c4d5e6f
Step 4/4 : CMD ["web"]
 ---> Running in cdf3164110a0
 ---> 2a2b3c4d5e6f
Successfully built 2a2b3c4d5e6f
Successfully tagged registry:1/shop:1
"""


def told(reader: Reader, text: str) -> list[str]:
    return [line for written in text.splitlines() for line in reader.read(written)]


def step(stage: str, number: int, of: int, instruction: str, *, is_cached: bool = False) -> Step:
    return Step(
        stage=stage,
        number=number,
        of=of,
        instruction=instruction,
        is_cached=is_cached,
        is_done=not is_cached,
    )


def test_buildkits_lines_are_told_under_the_step_whose_they_are() -> None:
    reader = BuildKitReader()
    assert told(reader, BUILDKIT) == [
        "CACHED [build 2/4] RUN apt-get install gcc",
        "[build 3/4] COPY . .",
        "[build 4/4] RUN make",
        "cc -O2",
        "[stage-1 2/3] RUN useradd web",
        "adding web",
        "[build 4/4] RUN make",
        "linked",
        "[stage-1 3/3] COPY --from=build /src/web /bin/web",
    ]
    assert reader.steps == (
        step("build", 2, 4, "RUN apt-get install gcc", is_cached=True),
        step("build", 3, 4, "COPY . ."),
        step("build", 4, 4, "RUN make"),
        step("stage-1", 2, 3, "RUN useradd web"),
        step("stage-1", 3, 3, "COPY --from=build /src/web /bin/web"),
    )
    assert reader.failed is None


def test_the_classic_builders_lines_are_told_without_its_own_talk() -> None:
    reader = ClassicReader()
    assert told(reader, CLASSIC) == [
        "CACHED [2/4] RUN apt-get install gcc",
        "[3/4] RUN make",
        "cc -O2",
    ]
    assert reader.steps == (
        step("", 2, 4, "RUN apt-get install gcc", is_cached=True),
        step("", 3, 4, "RUN make"),
        step("", 4, 4, 'CMD ["web"]'),
    )


def test_a_step_takes_sources_only_if_what_was_pushed_goes_into_it() -> None:
    assert [
        step("", 1, 1, instruction).takes_sources
        for instruction in ("COPY . .", "add a b", "COPY --from=build a b", "RUN cp a b")
    ] == [True, True, False, False]


def test_what_is_kept_of_endless_output_has_an_end() -> None:
    reader = BuildKitReader()
    for number in range(2000):
        list(reader.read(f"#9 0.1 {number} {'x' * 5000}"))
    assert len(reader.tail) == 400
    assert max(map(len, reader.tail)) == 2000
