"""What may be chosen of an app at its birth and changed afterwards: how it is built, how it is asked.

Plain values, without troposphere: who only asks for an app need not know how it is described.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

BUILDPACKS = "HEROGATE_BUILDPACKS"
"""Tells an app's build which buildpacks were set by hand, with spaces between."""

HEALTH_CHECK_PATH = re.compile(r"/[!#-;=?-\[\]_a-z~]{0,1023}")
"""What a load balancer can ask a web process for: of ASCII, what a URL may have as it is."""

_BRANCH_CHARACTERS = 256  # that CodeCommit takes
_BRANCH_PART = re.compile(r"(?!\.)[^\x00- ~^:?*\[\\\x7f\ud800-\udfff]+(?<!\.lock)")
_CODES = re.compile(r"[0-9]{3}(?:-[0-9]{3})?(?:,[0-9]{3}(?:-[0-9]{3})?)*")
_PATIENCE_SECONDS = 30
_LONGEST_TIMEOUT_SECONDS = 10


class BuildCompute(StrEnum):
    """How large a machine builds: from 2 vCPU and 4 GB, by twice as much each, to 48 and 96 GB."""

    SMALL = "BUILD_GENERAL1_SMALL"
    MEDIUM = "BUILD_GENERAL1_MEDIUM"
    LARGE = "BUILD_GENERAL1_LARGE"
    XLARGE = "BUILD_GENERAL1_XLARGE"
    XXLARGE = "BUILD_GENERAL1_2XLARGE"


class BuildArchitecture(StrEnum):
    """On what machine an app is built, and so for which its images are; ARM is the cheaper one."""

    ARM64 = "arm64"
    X86_64 = "x86_64"


@dataclass(frozen=True, kw_only=True)
class Options:
    """What may be chosen of an app.

    Attributes:
        health_check_path: what the load balancer asks a web process for; with a query, if wanted.
        health_check_matcher: the status codes that mean life: ``200``, ``200,301``, ``200-499``.
        health_check_interval_seconds: between two questions, 5 to 300.
        deregistration_delay_seconds: how long a process that goes may still answer, 0 to 3,600.

    Raises:
        ValueError: a value is none that AWS takes.
    """

    health_check_path: str = "/"
    health_check_matcher: str = "200-499"
    health_check_interval_seconds: int = 5
    deregistration_delay_seconds: int = 30
    build_compute: BuildCompute = BuildCompute.SMALL
    build_architecture: BuildArchitecture = BuildArchitecture.ARM64

    def __post_init__(self) -> None:
        _check_path(self.health_check_path)
        _check_matcher(self.health_check_matcher)
        if not 5 <= self.health_check_interval_seconds <= 300:
            raise ValueError(
                f"a health check comes every 5 to 300 seconds, not {self.health_check_interval_seconds}"
            )
        if not 0 <= self.deregistration_delay_seconds <= 3_600:
            raise ValueError(
                "a process that goes may answer for 0 to 3,600 seconds more, not "
                f"{self.deregistration_delay_seconds:,}"
            )

    @property
    def health_check_timeout_seconds(self) -> int:
        """How long the answer to a health check may take."""
        return min(self.health_check_interval_seconds - 1, _LONGEST_TIMEOUT_SECONDS)

    @property
    def unhealthy_threshold(self) -> int:
        """After how many failures a process is dead: one that is busy for half a minute is not."""
        return max(2, -(-_PATIENCE_SECONDS // self.health_check_interval_seconds))


def check_branch(name: str) -> None:
    """Raises `ValueError`: git has no branch of this name, or CodeCommit takes none."""
    parts = name.split("/")
    if (
        not all(map(_BRANCH_PART.fullmatch, parts))
        or name in ("@", "HEAD")
        or name.startswith("-")
        or name.endswith(".")
        or ".." in name
        or "@{" in name
        or len(name) > _BRANCH_CHARACTERS
    ):
        raise ValueError(f"{name[:40]!r} cannot be the name of a branch")
    if parts[0] == "refs":
        raise ValueError(f"a branch is named as in main, without refs/heads/, not {name[:40]!r}")


def _check_path(path: str) -> None:
    if not HEALTH_CHECK_PATH.fullmatch(path):
        raise ValueError(
            "the path of a health check begins with a slash and has at most 1,024 characters that "
            f"a URL may have as they are, not {path!r}"
        )


def _check_matcher(matcher: str) -> None:
    if not _CODES.fullmatch(matcher) or not all(map(_is_range, matcher.split(","))):
        raise ValueError(
            "what a health check takes for life is a list of codes and ranges from 200 to 499, as in "
            f"200,301 or 200-399, not {matcher!r}"
        )


def _is_range(codes: str) -> bool:
    first, _, last = codes.partition("-")
    return 200 <= int(first) <= int(last or first) <= 499
