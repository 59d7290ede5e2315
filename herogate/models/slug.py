"""What a build gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Architecture(StrEnum):
    """What machine an image runs on."""

    X86_64 = "x86_64"
    ARM64 = "arm64"


@dataclass(frozen=True, kw_only=True)
class Slug:
    """What a build gives: an image, and the process types it can run.

    Attributes:
        image_digest: ``sha256:`` and 64 hexadecimal digits.
        process_types: name → command; none if the image's own command is `web`.
        port: the one port that the image says it listens on.
        shell: whether the image has one, by which commands are run.
        launcher: whether buildpacks made it, whose launcher sets up what a program finds.
        health_check_path: what `web` is asked for to see whether it lives; None for the app's own.
    """

    image_digest: str
    architecture: Architecture
    process_types: Mapping[str, str] = field(default_factory=dict)
    port: int | None = None
    shell: bool = True
    launcher: bool = False
    health_check_path: str | None = None
