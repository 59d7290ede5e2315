"""Commands whose arguments are a command of somebody else's: where Herogate's flags end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import click

from herogate.cli.help import Command

_ALSO_BEHIND = frozenset(
    {
        "-a",
        "--app",
        "-r",
        "--remote",
        "--size",
        "--exit-code",
        "--no-launcher",
        "--no-notify",
        "--no-tty",
    }
)
"""What a Heroku user may write behind the command: ``rails console -a my-shop``."""


class RunningCommand(Command):
    """A command that takes another command's words as they are."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        flags = {
            name: not option.is_flag
            for option in self.params
            if isinstance(option, click.Option)
            for name in option.opts
        }
        own, words = divided(args, flags)
        return super().parse_args(ctx, [*own, "--", *words])


def divided(
    arguments: Sequence[str], flags: Mapping[str, bool]
) -> tuple[Sequence[str], Sequence[str]]:
    """The arguments that are Herogate's, and the words of the command.

    The command begins at the first word that is no flag, or behind ``--``. Behind its first word a few
    flags are still Herogate's, until a ``--``, which is the command's own then.

    Args:
        flags: by name, whether it takes a value.

    Raises:
        BadOptionUsage: the value is missing.
    """
    own: list[str] = []
    words: list[str] = []
    rest = list(arguments)
    while rest:
        word = rest.pop(0)
        name, equals, _ = word.partition("=")
        if word == "--":
            return own, [*words, *([word] if words else []), *rest]
        if words and name not in _ALSO_BEHIND:
            words.append(word)
        elif flags.get(name) and not equals:
            if not rest:
                raise click.BadOptionUsage(name, f"Option '{name}' requires an argument.")
            own += [word, rest.pop(0)]
        elif len(word) > 1 and word.startswith("-"):
            own.append(word)  # one unknown among them is refused by click
        else:
            words.append(word)
    return own, words
