"""Help in Heroku's form: of everything, of a topic, of a command; and the version."""

from __future__ import annotations

import inspect
import re
import shutil
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import click

from herogate.cli import registry
from herogate.cli.output import say
from herogate.cli.version import version_line

_INDENT = "  "
_WIDEST = 100  # characters; longer lines are tiring to read
_NARROWEST = 20  # characters beside a column; where there is less room, they stand below it
_WORD = re.compile(r"""(?:'[^']*'|"[^"]*"|[^\s'"])+""")  # of a shell's line
_GOES_ON = " \\"
_UNBROKEN = "\N{NO-BREAK SPACE}"  # between a flag and its value
_GLOBAL_FLAGS = frozenset({"--profile", "--region"})

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
        name = self.name or ""
        return _document(
            summary,
            _section("USAGE", self._usage()),
            _section("ARGUMENTS", _columns(self._arguments())),
            _section("FLAGS", _columns(_flags(self._options(shared=False)))),
            _section("GLOBAL FLAGS", _columns(_flags(self._options(shared=True)))),
            _section("DESCRIPTION", _wrapped(more, len(_INDENT))),
            _section("ALIASES", [f"$ herogate {alias}" for alias in registry.aliases(name)]),
            _section("EXAMPLES", [line for each in self.examples for line in _typed(each)]),
            _section("COMMANDS", _columns(_summaries(registry.of_topic(name)))),
        )

    def _usage(self) -> list[str]:
        arguments = " ".join(name for name, _ in self._arguments())
        flags = " ".join(f"[{_usual(option)}]" for option in self._options(shared=False))
        words = " ".join(part for part in (f"$ herogate {self.name}", arguments, flags) if part)
        lines = textwrap.wrap(
            words,
            _width(len(_INDENT)),
            subsequent_indent=_INDENT,
            break_on_hyphens=False,
            break_long_words=False,
        )
        return [line.replace(_UNBROKEN, " ") for line in lines]

    def _arguments(self) -> Rows:
        return [
            (
                p.human_readable_name if p.required else f"[{p.human_readable_name}]",
                self.arguments.get(p.human_readable_name, ""),
            )
            for p in self.params
            if isinstance(p, click.Argument)
        ]

    def _options(self, *, shared: bool) -> list[click.Option]:
        """The flags of the command, or those that every command has; those with a letter first."""
        found = [
            option
            for option in self.params
            if isinstance(option, click.Option)
            and not option.hidden
            and _GLOBAL_FLAGS.isdisjoint(option.opts) is not shared
        ]
        return sorted(found, key=lambda option: (_letter(option) is None, _flag(option).lower()))


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
        _section("VERSION", _wrapped(version_line(), len(_INDENT))),
        _section("USAGE", ["$ herogate [COMMAND]"]),
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


@command("version", examples=["version"])
def version() -> None:
    """show which Herogate this is"""
    say(version_line())


@command(
    "help",
    arguments={"COMMAND": "a command or a topic"},
    examples=["help", "help apps:create", "help ps"],
)
@click.argument("words", nargs=-1, metavar="COMMAND")
@click.pass_context
def help_(context: click.Context, words: tuple[str, ...]) -> None:
    """display help for a command or a topic"""
    root = context.find_root().command
    with root.make_context("herogate", [*words, "--help"]) as asked:
        root.invoke(asked)


def _document(summary: str, *sections: str) -> str:
    return "\n\n".join(part for part in ("\n".join(_wrapped(summary, 0)), *sections) if part)


def _section(title: str, lines: Sequence[str]) -> str:
    return "\n".join([title, *(_INDENT + line for line in lines)]) if lines else ""


def _summaries(names: Iterable[str]) -> Rows:
    return [(name, registry.summary(name)) for name in names]


def _columns(rows: Rows) -> list[str]:
    width = max((len(left) for left, _ in rows), default=0) + 2
    if _width(len(_INDENT) + width) < _NARROWEST:
        return [line for left, right in rows for line in _below(left, right)]
    lines = []
    for left, right in rows:
        first, *more = _wrapped(right, len(_INDENT) + width) or [""]
        lines += [f"{left:{width}}{first}".rstrip(), *(" " * width + line for line in more)]
    return lines


def _below(left: str, right: str) -> list[str]:
    return [left, *(3 * _INDENT + line for line in _wrapped(right, 4 * len(_INDENT)))]


def _typed(example: str) -> list[str]:
    """An example as a shell takes it, also where it has to go on in the next line."""
    words = [word.replace(" ", _UNBROKEN) for word in _WORD.findall(f"$ herogate {example}")]
    lines = textwrap.wrap(
        " ".join(words),
        _width(len(_INDENT) + len(_GOES_ON)),
        subsequent_indent=_INDENT,
        break_on_hyphens=False,
        break_long_words=False,
    )
    return f"{_GOES_ON}\n".join(lines).replace(_UNBROKEN, " ").split("\n")


def _width(used: int) -> int:
    return max(min(shutil.get_terminal_size().columns, _WIDEST) - used, 1)


def _wrapped(text: str, used: int) -> list[str]:
    return [
        line
        for paragraph in text.split("\n\n")
        for line in textwrap.wrap(paragraph, _width(used), break_on_hyphens=False)
    ]


def _flags(options: Sequence[click.Option]) -> Rows:
    return [(_flag(option), _meaning(option)) for option in options]


def _letter(option: click.Option) -> str | None:
    return next((name for name in option.opts if not name.startswith("--")), None)


def _flag(option: click.Option) -> str:
    letter = _letter(option)
    long = next(name for name in option.opts if name.startswith("--"))
    return f"{letter + ',' if letter else '   '} {long}{'' if option.is_flag else '=<value>'}"


def _usual(option: click.Option) -> str:
    """A flag as the usage line has it: by its letter where it has one."""
    name = _letter(option) or option.opts[0]
    return name if option.is_flag else f"{name}{_UNBROKEN}<value>"


def _meaning(option: click.Option) -> str:
    variable = option.envvar if isinstance(option.envvar, str) else None
    return f"[env: {variable}] {option.help}" if variable else option.help or ""
