"""How a one-off process comes by its command and the variables given with it. Pure.

ECS lets one run say another command than its definition, not another entry point; that of the
definition is the image's shell, if it has one (``definitions.py``).
"""

from __future__ import annotations

import shlex
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from herogate.aws.ecs_tasks import OVERRIDES_LIMIT, Overrides
from herogate.engine import command_line, procfile
from herogate.engine.process_types import ONE_OFF
from herogate.engine.sizes import Capacity
from herogate.errors import InvalidRequest

_ENTRY_POINT = 2  # words of ``/bin/sh -c``, which the definition has

_ALIAS = "HEROGATE_GIVEN_"
"""ECS puts the value of a config var over that of a variable given with a run. So one of that name is
given under another one, and the shell puts it in its place."""


def line(words: Sequence[str]) -> str:
    """The command line: a single word is one already, several are taken to the letter.

    Raises:
        InvalidRequest: there is no command, or one that no process can be given.
    """
    told = words[0] if len(words) == 1 else shlex.join(words)
    if not told.strip():
        raise InvalidRequest("There is no command to run.")
    _check_text(told, "The command")
    return told


def overrides(
    command: str,
    *,
    shell: bool,
    environment: Mapping[str, str],
    config: Collection[str],
    capacity: Capacity,
) -> Overrides:
    """What runs a command line.

    Args:
        shell: whether the image has one; without, the words go to the image's entry point.
        environment: variables given for this run.
        config: the app's config vars.

    Raises:
        InvalidRequest: it cannot be run so.
    """
    for name, value in environment.items():
        _check_text(value, f"The value of {name}")
    aliases = {name: f"{_ALIAS}{name}" for name in environment if name in config}
    if aliases and not shell:
        raise InvalidRequest(
            f"{', '.join(aliases)} cannot be given: it is a config var, and the image has no shell "
            "to put another value in its place."
        )
    started = _by_shell(command, aliases) if shell else _without_shell(command)
    plain = Overrides(
        process_type=ONE_OFF,
        command=started,
        environment={aliases.get(name, name): value for name, value in environment.items()},
        cpu_units=capacity.cpu_units,
        memory_mib=capacity.memory_mib,
    )
    _check_length(plain)
    signed = replace(plain, command=(*started, command)) if shell else plain
    return signed if signed.length <= OVERRIDES_LIMIT else plain


def told(command: Sequence[str], *, shell: bool) -> str | None:
    """The command line of a one-off, by what it was started with; None if that says nothing.

    A shell is given it as its last argument, for this alone; one too long for that is shown as the
    shell was told it.
    """
    if not command:
        return None
    return command[-1] if shell else shlex.join(command)


def _by_shell(command: str, aliases: Mapping[str, str]) -> tuple[str, ...]:
    entry_point, rest = procfile.command(command, shell=True)  # noqa: S604 - the image's
    script, *arguments = (*entry_point[_ENTRY_POINT:], *rest)
    placed = "".join(f'{name}="${alias}"; unset {alias}; ' for name, alias in aliases.items())
    return (placed + script, *arguments)


def _without_shell(command: str) -> tuple[str, ...]:
    words = command_line.words(command)
    if words is None:
        raise InvalidRequest(
            f"The command {command!r} needs a shell, and the image has none.",
            "Write it without variables, pipes and the like.",
        )
    return words


def _check_length(plain: Overrides) -> None:
    if plain.length > OVERRIDES_LIMIT:
        raise InvalidRequest(
            f"The command and its variables take {plain.length:,} characters; a one-off process can "
            f"be given {OVERRIDES_LIMIT:,}.",
            "Put the command into a file of the app, and run that.",
        )


def _check_text(text: str, what: str) -> None:
    if "\0" in text or not _is_utf8(text):
        raise InvalidRequest(f"{what} is not text in UTF-8.")


def _is_utf8(text: str) -> bool:
    """Whether no byte of the command line stood for no character."""
    return not any("\ud800" <= character <= "\udfff" for character in text)
