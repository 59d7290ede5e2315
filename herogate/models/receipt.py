"""What a destruction has removed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Belonging(StrEnum):
    """A kind of thing that an app has, in the words of a receipt."""

    PROCESS = "process"
    ONE_OFF = "one-off process"
    SCHEDULE = "schedule"
    DOMAIN = "domain"
    RELEASE = "release"
    BUILD = "build"
    IMAGE = "image"
    ARTIFACT = "artifact"
    CONFIG_VALUE = "config value"
    DEFINITION = "task definition"
    RESOURCE = "AWS resource"
    """What stood in a stack."""


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What a destruction has removed; nothing of the app is left when there is one.

    Attributes:
        removed: how many of each kind. A destruction that goes on with one that was cut short tells
            only its own part.
    """

    app: str
    removed: Mapping[Belonging, int]
