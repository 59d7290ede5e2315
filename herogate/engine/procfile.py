"""The Procfile: which process types an app has, and how each one's command is started. Pure.

A line is ``<process type>: <command>``, as on Heroku; blank lines and lines that begin with ``#`` say
nothing. Where Heroku passes over a line it does not understand, it is refused here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from unicodedata import category

from herogate.engine import command_line
from herogate.errors import BuildFailed

TYPES_LIMIT = 30
"""Process types of one app: a release with their commands must fit into an item of the ledger."""

COMMAND_LIMIT = 4096
"""Characters of one command: a task definition has 64 KB for all it says."""

RESERVED = "run"
"""What one-off processes are called."""

_RULE = "it has up to 30 letters, digits, hyphens and underscores, and begins with a letter"

_LIMIT_BYTES = 64 * 1024
_LINE = re.compile(r"\s*([^\s:]+)\s*:\s*(.*?)\s*")
_TYPE = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,29}")


def parse(text: str) -> dict[str, str]:
    """The commands by process type, in the file's order.

    Raises:
        BuildFailed: a line that is none, or a name or command that cannot be.
    """
    if len(text.encode(errors="replace")) > _LIMIT_BYTES:
        raise BuildFailed(f"The Procfile is larger than {_LIMIT_BYTES} bytes.")
    types: dict[str, str] = {}
    for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        found = _LINE.fullmatch(line)
        if found is None:
            raise BuildFailed(
                f"Line {number} of the Procfile is not of the form <process type>: <command>."
            )
        if found[1] in types:
            raise BuildFailed(f"The Procfile has two lines for {found[1]}.")
        types[found[1]] = found[2]
    if not types:
        raise BuildFailed("The Procfile declares no process type.")
    check(types)
    return types


def wrong_name(name: str) -> str | None:
    """Why no process type can be called so; None if one can."""
    if not _TYPE.fullmatch(name):
        return f"{name[:40]!r} cannot be a process type: {_RULE}."
    if name == RESERVED:
        return f"{RESERVED!r} cannot be a process type: one-off processes are it."
    return None


def check(types: Mapping[str, str]) -> None:
    """Refuse process types that no release can have.

    Raises:
        BuildFailed: says which, and the rule.
    """
    if len(types) > TYPES_LIMIT:
        raise BuildFailed(
            f"There are {len(types)} process types; an app has {TYPES_LIMIT} at most."
        )
    for name, command in types.items():
        if wrong := wrong_name(name):
            raise BuildFailed(wrong)
        if not command or len(command) > COMMAND_LIMIT:
            raise BuildFailed(f"{name} has no command of 1 to {COMMAND_LIMIT} characters.")
        if any(category(each) in ("Cc", "Cs") and each != "\t" for each in command):
            raise BuildFailed(f"The command of {name} has characters that no command has.")


def check_runnable(types: Mapping[str, str], *, shell: bool) -> None:
    """Refuse process types that an image cannot run.

    Args:
        shell: whether it has one.

    Raises:
        BuildFailed: says which command, and why.
    """
    for line in types.values():
        command(line, shell=shell)


def command(line: str, *, shell: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What a container is started with for a command: its entry point and its command.

    A shell gets out of the way wherever it can, so that SIGTERM reaches the program itself.

    Args:
        shell: whether the image has one.

    Raises:
        BuildFailed: there is none, and the command needs it.
    """
    if shell:
        plain = command_line.executed(line)
        if plain is not None:
            return ("/bin/sh", "-c"), (plain,)
        return ("/bin/sh", "-c", command_line.PASSING_SIGTERM_ON), (
            command_line.filters_last(line),
        )
    words = command_line.words(line)
    if words is None:
        raise BuildFailed(
            f"The command {line!r} needs a shell, and the image has none.",
            "Write it without variables, pipes and the like, or build on an image with /bin/sh.",
        )
    return words[:1], words[1:]
