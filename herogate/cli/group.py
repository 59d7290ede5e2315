"""The root of the command line: from the words typed to the command meant."""

from __future__ import annotations

import click

from herogate.cli import registry
from herogate.cli.output import say
from herogate.cli.version import version_line


class UnknownCommand(click.UsageError):
    """No command has that name."""

    exit_code = 127  # a shell's code for a command that is not found

    def __init__(self, name: str) -> None:
        nearest = registry.nearest(name)
        question = f" Did you mean {nearest}?" if nearest else ""
        super().__init__(f"{name} is not a herogate command.{question}")


class Root(click.Group):
    """``herogate``: commands are found by name, alias, or topic and verb as two words."""

    def resolve_command(
        self,
        ctx: click.Context,  # noqa: ARG002 - click's signature
        args: list[str],
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name, *rest = args
        if rest and (joined := registry.joined(name, rest[0])):
            name, *rest = joined, *rest[1:]
        command = registry.load(name)
        if command is not None:
            return name, command, rest
        if name in registry.TOPICS and set(rest) <= {"--help", "-h"}:
            return name, click.Command(name, callback=lambda: _help_of_topic(name)), []
        raise UnknownCommand(
            name if not rest or name not in registry.TOPICS else f"{name}:{rest[0]}"
        )

    def get_help(self, ctx: click.Context) -> str:  # noqa: ARG002 - click's signature
        return _help_of_all()


def _help_of_all() -> str:
    from herogate.cli.help import root_help

    return root_help()


def _help_of_topic(name: str) -> None:
    from herogate.cli.help import topic_help

    say(topic_help(name))


def _show_version(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted:
        say(version_line())
        context.exit()


@click.group(
    "herogate",
    cls=Root,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.option(
    "-v", "--version", is_flag=True, is_eager=True, expose_value=False, callback=_show_version
)
@click.pass_context
def root(context: click.Context) -> None:
    """What to do without a command: help."""
    if context.invoked_subcommand is None:
        say(_help_of_all())
