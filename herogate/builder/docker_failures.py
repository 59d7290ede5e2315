"""Why docker could not build, in one clear line, of what it wrote last. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from herogate.builder.docker_output import Step
from herogate.engine import images
from herogate.errors import BuildFailed

_NO_ENGINE = re.compile(r"Cannot connect to the Docker daemon|error during connect")
_NO_SPACE = re.compile(r"no space left on device")
_BASE = re.compile(
    r"^ > (?:\[internal\] load metadata for|(?:\[\S+ ?\d*/?\d*\] )?FROM) (?P<kit>[^\s@]+)\S*:$|"
    r"^manifest for (?P<gone>\S+) not found|^pull access denied for (?P<shut>[^\s,]+)",
    re.MULTILINE,
)
_NOT_THERE = re.compile(
    r"\"?(?P<kit>/[^\s\"]*)\"?: not found|\"(?P<old>/[^\s\"]*)\" not found|"
    r"(?:COPY|ADD) failed: .*?stat (?P<classic>\S+): (?:file does not exist|no such file)"
)
_NOT_READ = re.compile(
    r"dockerfile parse error (?:on )?line (?P<line>\d+): (?P<why>.+)|"
    r"(?P<whole>file with no instructions|base name \(.*\) should not be blank)"
)
_NO_TARGET = re.compile(
    r"(?:target stage|build target) \"?([^\s\"]+)\"? (?:could not|in Dockerfile)"
)
_COPIES = {"COPY", "ADD"}
_EXIT = re.compile(r"(?:exit code: |returned a non-zero code: )(\d+)")
_LAST = re.compile(
    r"(?:ERROR: )?(?:Error response from daemon: )?(?:failed to solve[^:]*: )?"
    r"(?:failed to create LLB definition: )?(?:executor failed running \[.*\]: )?(.+)"
)


def explain(tail: Sequence[str], failed: Step | None, *, machine: str) -> BuildFailed:
    """What to say of a build that failed.

    Args:
        tail: the last lines that docker wrote.
        failed: the step that did it, if it was one.
        machine: the architecture that builds.
    """
    text = "\n".join(tail)
    if _NO_ENGINE.search(text):
        return BuildFailed("docker's engine does not answer on the build machine.")
    if images.is_of_another_machine(text):
        return BuildFailed(
            f"{_where(failed)} runs a program that is for another architecture than {machine}, "
            "which the build machine has.",
            f"Build on an image for {machine}, and without `--platform` for another one.",
        )
    if _NO_SPACE.search(text):
        return BuildFailed("The build machine's disk is full.", "Make the image smaller.")
    return _of_base(text, failed) or _of_files(text, failed) or _of_step(text, failed)


def _of_base(text: str, failed: Step | None) -> BuildFailed | None:
    image = next((value for found in _BASE.finditer(text) for value in found.groups() if value), "")
    if not image and failed is not None and failed.is_base and not _NOT_READ.search(text):
        image = failed.instruction.split()[-1 if " AS " not in failed.instruction.upper() else -3]
    if not image:
        return None
    return BuildFailed(
        f"The image {image}, which the Dockerfile builds on, is not there or may not be pulled.",
        "Name one that the build machine can reach without a password.",
    )


def _of_files(text: str, failed: Step | None) -> BuildFailed | None:
    found = _NOT_THERE.search(text)
    if found is None or (failed and failed.instruction.split()[0].upper() not in _COPIES):
        return None
    name = next(value for value in found.groups() if value).lstrip("/")
    return BuildFailed(
        f"{_where(failed)} takes {name}, which is not there"
        + (f": {failed.instruction}" if failed else "."),
        "It is not in the repository, or .dockerignore leaves it out.",
    )


def _of_step(text: str, failed: Step | None) -> BuildFailed:
    if found := _NOT_READ.search(text):
        why = found["whole"] or f"line {found['line']}: {found['why']}"
        return BuildFailed(f"The Dockerfile cannot be read: {why}.")
    if found := _NO_TARGET.search(text):
        return BuildFailed(f"The Dockerfile has no stage {found[1]}.")
    if failed is not None and not failed.is_base:
        if code := _EXIT.findall(text):
            return BuildFailed(f"{_where(failed)} ended with {code[-1]}: {failed.instruction}")
        return BuildFailed(f"{_where(failed)} failed ({_last(text)}): {failed.instruction}")
    return BuildFailed(f"docker cannot build it: {_last(text)}.")


def _last(text: str) -> str:
    said = _LAST.fullmatch(next((line for line in reversed(text.split("\n")) if line), ""))
    return said[1] if said else "it does not say why"


def _where(failed: Step | None) -> str:
    if failed is None:
        return "The build"
    stage = f" of stage {failed.stage}" if failed.stage else ""
    return f"Step {failed.number} of {failed.of}{stage}"
