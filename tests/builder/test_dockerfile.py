"""The stages of a Dockerfile, and which of them have layers that the image has not."""

from __future__ import annotations

import pytest

from herogate.builder.dockerfile import Stage, apart, stages

TWO = """\
# syntax is not read
ARG BASE=debian
FROM ${BASE} AS Build
RUN apt-get update && \\
    # a comment in between
    apt-get install --yes gcc
COPY . .
FROM ${BASE}
COPY --chown=1 --from=build /src/web /bin/web
CMD ["web"]
"""


def test_stages_are_read_with_what_they_begin_with_and_take() -> None:
    assert stages(TWO) == (
        Stage(name="build", target="Build", base="${base}", steps=2),
        Stage(
            name="stage-1",
            target="1",
            base="${base}",
            taken=frozenset({"build"}),
            steps=1,
        ),
    )


@pytest.mark.parametrize(
    ("text", "target", "expected"),
    [
        ("FROM a\nRUN b\n", None, []),
        (TWO, None, [["build"]]),
        (TWO, "build", []),
        ("FROM a AS b\nRUN c\nFROM b\nRUN d\n", None, []),
        ("FROM a AS b\nRUN c\nFROM b AS d\nRUN e\nFROM a\nCOPY --from=d x y\n", None, [["d", "b"]]),
        ("FROM a AS b\nRUN c\nFROM a AS t\nRUN d\nFROM a\nCOPY --from=0 x y\n", None, [["b"]]),
        ("FROM a AS b\nRUN c\nFROM a\nRUN --mount=type=bind,from=b,target=/b true\n", None, [["b"]]),
        ("FROM a AS b\nCMD c\nFROM a\nCOPY --from=b x y\n", None, []),
        ("FROM a\nCOPY --from=nginx:1 x y\n", None, []),
        ("FROM a AS b\nRUN <<EOF\nFROM no AS no\nEOF\nRUN c\nFROM a\nCOPY --from=b x y", None, [["b"]]),
        ("# escape=`\nFROM a AS b\nRUN c `\n  d\nFROM a\nCOPY --from=B x y\n", None, [["b"]]),
        ("from --platform=linux/arm64 a as b\nrun c\nfrom a\ncopy --from=b x y\n", None, [["b"]]),
        ("FROM a AS b\nRUN c\n", "elsewhere", []),
        ("FROM a AS b\nFROM b AS b\nRUN x\nFROM a\nCOPY --from=b x y\n", None, [["b", "b"]]),
        ("", None, []),
        ("FROM\nRUN x\n\\\n", None, []),
    ],
)  # fmt: skip
def test_what_stages_install_is_apart_from_the_image_unless_it_builds_on_them(
    text: str, target: str | None, expected: list[list[str]]
) -> None:
    found = apart(stages(text), target)
    assert [[stage.name for stage in chain] for chain in found] == expected
