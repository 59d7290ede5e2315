"""Help in Heroku's form: of everything, of a topic, of a command; and the version."""

from __future__ import annotations

import inspect
import platform
import shutil
import sys
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import click

import herogate
from herogate.cli import registry
from herogate.cli.output import say

_INDENT = "  "
_WIDEST = 100  # characters; longer lines are tiring to read

Rows = Sequence[tuple[str, str]]


class Command(click.Command):
    """A command whose help is laid out as Heroku's.

    Attributes:
        arguments: what each argument means, by its name in capitals.
        examples: the words after ``herogate`` of a few good uses.
    """

    arguments: Mapping[str, str]
    examples: Sequence[str]

    def get_help(self, ctx: click.Context) -> str:  # noqa: ARG002 - click's signature
        summary, _, more = inspect.cleandoc(self.help or "").partition("\n\n")
        aliases = registry.aliases(self.name or "")
        return _document(
            summary,
            _section("USAGE", [f"$ herogate {self._usage()}"]),
            _section("ARGUMENTS", _columns(self._arguments())),
            _section("FLAGS", _columns(self._flags())),
            _section("DESCRIPTION", _wrapped(more, len(_INDENT))),
            _section("ALIASES", [f"$ herogate {alias}" for alias in aliases]),
            _section("EXAMPLES", [f"$ herogate {example}" for example in self.examples]),
            _section("COMMANDS", _columns(_summaries(registry.of_topic(self.name or "")))),
        )

    def _usage(self) -> str:
        return " ".join([self.name or "", *(name for name, _ in self._arguments()), "[FLAGS]"])

    def _arguments(self) -> Rows:
        return [
            (
                p.human_readable_name if p.required else f"[{p.human_readable_name}]",
                self.arguments.get(p.human_readable_name, ""),
            )
            for p in self.params
            if isinstance(p, click.Argument)
        ]

    def _flags(self) -> Rows:
        options = [p for p in self.params if isinstance(p, click.Option)]
        return [(_flag(option), option.help or "") for option in options]


def command(
    name: str,
    *,
    arguments: Mapping[str, str] | None = None,
    examples: Iterable[str] = (),
    kind: type[Command] = Command,
) -> Callable[[Callable[..., Any]], Command]:
    """Make a function a command; the docstring is its help."""

    def decorate(function: Callable[..., Any]) -> Command:
        made = click.command(
            name, cls=kind, context_settings={"help_option_names": ["-h", "--help"]}
        )(function)
        made.arguments, made.examples = arguments or {}, tuple(examples)
        return made

    return decorate


def root_help() -> str:
    """What ``herogate help`` shows."""
    return _document(
        "Heroku's working day on your own AWS account",
        _section("VERSION", [version_line()]),
        _section("USAGE", ["$ herogate COMMAND"]),
        _section("TOPICS", _columns(list(registry.TOPICS.items()))),
        _section("COMMANDS", _columns(_summaries(registry.names()))),
    )


def topic_help(topic: str) -> str:
    """What ``herogate help <topic>`` shows for a topic that is no command itself."""
    return _document(
        registry.TOPICS[topic],
        _section("USAGE", [f"$ herogate {topic}:COMMAND"]),
        _section("COMMANDS", _columns(_summaries(registry.of_topic(topic)))),
    )


def version_line() -> str:
    """``herogate/0.1.0 linux-x86_64 python-3.11.2``."""
    return (
        f"herogate/{herogate.__version__} {sys.platform}-{platform.machine()} "
        f"python-{platform.python_version()}"
    )


@command("version")
def version() -> None:
    """show which Herogate this is"""
    say(version_line())


@command("help", arguments={"COMMAND": "a command or a topic"}, examples=["help apps:create"])
@click.argument("words", nargs=-1, metavar="COMMAND")
@click.pass_context
def help_(context: click.Context, words: tuple[str, ...]) -> None:
    """display help for a command or a topic"""
    root = context.find_root().command
    with root.make_context("herogate", [*words, "--help"]) as asked:
        root.invoke(asked)


def _document(summary: str, *sections: str) -> str:
    return "\n\n".join(part for part in (summary, *sections) if part)


def _section(title: str, lines: Sequence[str]) -> str:
    return "\n".join([title, *(_INDENT + line for line in lines)]) if lines else ""


def _summaries(names: Iterable[str]) -> Rows:
    loaded = ((name, registry.load(name)) for name in names)
    return [
        (name, (command.help or "").strip().partition("\n")[0])
        for name, command in loaded
        if command
    ]


def _columns(rows: Rows) -> list[str]:
    width = max((len(left) for left, _ in rows), default=0) + 2
    lines = []
    for left, right in rows:
        first, *more = _wrapped(right, len(_INDENT) + width) or [""]
        lines += [f"{left:{width}}{first}".rstrip(), *(" " * width + line for line in more)]
    return lines


def _wrapped(text: str, used: int) -> list[str]:
    width = max(min(shutil.get_terminal_size().columns, _WIDEST) - used, 30)
    return [
        line
        for paragraph in text.split("\n\n")
        for line in textwrap.wrap(paragraph, width, break_on_hyphens=False)
    ]


def _flag(option: click.Option) -> str:
    short = next((name for name in option.opts if not name.startswith("--")), None)
    long = next(name for name in option.opts if name.startswith("--"))
    return f"{short + ',' if short else '   '} {long}{'' if option.is_flag else '=<value>'}"
