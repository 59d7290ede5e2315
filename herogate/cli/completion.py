"""What a word on the command line may become: a command, a flag, an app, a config var."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

import click

from herogate.cli import registry

_APPS = frozenset({"-a", "--app", "-c", "--confirm"})
_BY_APP = frozenset({"apps:destroy", "apps:info"})
_BY_KEY = frozenset({"config:edit", "config:get", "config:set", "config:unset"})


class Known(Protocol):
    """What there is to complete with."""

    def apps(self) -> Sequence[str]:
        """The names of the apps."""

    def keys(self, app: str | None) -> Sequence[str]:
        """The config vars of an app, or of the one that the directory names."""


def candidates(words: Sequence[str], known: Known) -> list[str]:
    """What the last word may become, given those before it."""
    before, last = list(words[:-1]), words[-1] if words else ""
    if not before:
        return _beginning(last, registry.every_name())
    if registry.joined(before[0], last):
        return [last]
    name, *rest = before
    if rest and (whole := registry.joined(name, rest[0])):
        name, rest = whole, rest[1:]
    command = registry.load(name)
    if command is None:
        verbs = (each.partition(":")[2] for each in registry.of_topic(name))
        return _beginning(last, verbs) if not rest else []
    return _of_command(command, rest, last, known)


def _of_command(
    command: click.Command, before: Sequence[str], last: str, known: Known
) -> list[str]:
    flag, equals, begun = last.partition("=")
    if equals and flag in _APPS:
        return [f"{flag}={app}" for app in _beginning(begun, known.apps())]
    if before and before[-1] in _APPS and _has(command, before[-1]):
        return _beginning(last, known.apps())
    if last.startswith("-"):
        return _beginning(last, sorted(_flags(command)))
    if command.name in _BY_APP:
        return _beginning(last, known.apps())
    if command.name in _BY_KEY:
        ending = "=" if command.name == "config:set" else ""
        keys = (f"{key}{ending}" for key in known.keys(_app(before)))
        return _beginning(last, (key for key in keys if key not in before))
    return []


def _app(before: Sequence[str]) -> str | None:
    """The app that the words typed so far name."""
    for word, value in zip(before, [*before[1:], ""], strict=False):
        if word in ("-a", "--app"):
            return value or None
        if word.startswith("--app="):
            return word.removeprefix("--app=")
    return None


def _flags(command: click.Command) -> set[str]:
    return {
        name
        for option in command.params
        if isinstance(option, click.Option)
        for name in option.opts
        if name.startswith("--")
    } | {"--help"}


def _has(command: click.Command, flag: str) -> bool:
    return any(flag in option.opts for option in command.params)


def _beginning(start: str, words: Iterable[str]) -> list[str]:
    return [word for word in words if word.startswith(start)]
