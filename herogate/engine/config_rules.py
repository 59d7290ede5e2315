"""What a config var may be called and what it may hold: what AWS and Herogate itself leave free. Pure.

No message of a refusal holds a value.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from herogate.aws.ssm import VALUE_BYTES
from herogate.errors import InvalidRequest

RESERVED_PREFIXES = ("HEROGATE_", "AWS_CONTAINER_", "ECS_", "CODEBUILD_", "__")
RESERVED = "PORT"
"""Where a web process listens is the release's to say."""

NAME_CHARACTERS = 256
DEFINITION_BYTES = 49_152
"""Of the 64 KB that ECS takes to define a process: commands need room as well."""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_NESTED = re.compile(r"\{\{.*\}\}", re.DOTALL)
_REFERENCE_BYTES = 160  # of a definition: a parameter's ARN, without the config var's name


def check(changes: Mapping[str, str | None]) -> None:
    """Raises `InvalidRequest` for the first config var that cannot be set so; None is no value."""
    for name, value in changes.items():
        if value is not None:
            _check_name(name)
            _check_value(name, value)


def check_together(names: Mapping[str, str]) -> None:
    """Raises `InvalidRequest` if these are more config vars than a process can be defined with."""
    size = sum(3 * len(name) + _REFERENCE_BYTES for name in names)
    if size > DEFINITION_BYTES:
        raise InvalidRequest(
            f"{len(names)} config vars are too many: ECS takes 64 KB to define a process, and their "
            f"names would fill {size // 1024} KB of it, whatever their values.",
            "Unset some, or put several into one, as JSON.",
        )


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise InvalidRequest(
            f"{name or 'An empty text'} is no name for a config var.",
            "A name has letters, digits and underscores, and does not begin with a digit.",
        )
    if len(name) > NAME_CHARACTERS:
        raise InvalidRequest(
            f"{name[:20]}… is too long for the name of a config var: {len(name)} characters, and "
            f"{NAME_CHARACTERS} is the most."
        )
    if name == RESERVED:
        raise InvalidRequest(
            f"{name} cannot be set: it tells web processes where the load balancer finds them.",
            "A Dockerfile's EXPOSE says another port.",
        )
    for prefix in RESERVED_PREFIXES:
        if name.startswith(prefix):
            raise InvalidRequest(
                f"{name} cannot be set: names that begin with {prefix} are reserved.",
                f"Reserved are {', '.join(RESERVED_PREFIXES)}.",
            )


def _check_value(name: str, value: str) -> None:
    try:
        size = len(value.encode())
    except UnicodeEncodeError as error:
        raise InvalidRequest(
            f"The value of {name} is no text: it is not UTF-8.", _ENCODED
        ) from error
    if "\0" in value:
        raise InvalidRequest(f"The value of {name} is no text: it holds a NUL.", _ENCODED)
    if size > VALUE_BYTES:
        raise InvalidRequest(
            f"The value of {name} has {size:,} bytes; {VALUE_BYTES:,} is the most that SSM keeps.",
            "Put it into a file of the app or into S3, and its address into the config var.",
        )
    if _NESTED.search(value):
        raise InvalidRequest(
            f"The value of {name} holds {{{{…}}}}, which SSM would take for another parameter.",
            _ENCODED,
        )


_ENCODED = "Set it encoded, as base64 for instance, and let the app decode it."
