"""``herogate autocomplete …``: shells that complete commands, flags, apps and config vars."""

from __future__ import annotations

import os

import click

from herogate.cli import output
from herogate.cli.help import command
from herogate.errors import InvalidRequest

_SETTINGS = {"bash": "~/.bashrc", "zsh": "~/.zshrc", "fish": "~/.config/fish/config.fish"}
_SHELL = {"SHELL": "bash, zsh or fish; yours if not given"}
_shell = click.argument("shell", required=False, metavar="SHELL")


@command(
    "autocomplete",
    arguments=_SHELL,
    examples=["autocomplete", "autocomplete zsh", "autocomplete --refresh-cache"],
)
@_shell
@click.option("-r", "--refresh-cache", is_flag=True, help="forget the apps and config vars known")
def index(shell: str | None, *, refresh_cache: bool) -> None:
    """show how a shell completes what you type"""
    if refresh_cache:
        from herogate.cli.completion_cache import Cache

        Cache().forget()
        output.talk("Refreshing autocomplete cache... done")
        return
    name = _known(shell)
    line = "herogate autocomplete:script fish | source" if name == "fish" else _evaluated(name)
    output.heading(f"Setup Instructions for HEROGATE CLI Autocomplete ({name})")
    output.say(f"1) Add this line to {_SETTINGS[name]}:\n\n  {line}\n")
    output.say(
        "2) Start a new shell, and test it:\n\n  herogate ps:<TAB>\n  herogate info --app=<TAB>"
    )


@command("autocomplete:script", arguments=_SHELL, examples=["autocomplete:script bash"])
@_shell
def script(shell: str | None) -> None:
    """print what a shell runs to complete what you type"""
    from herogate.cli.completion_scripts import SCRIPTS

    output.say(SCRIPTS[_known(shell)].rstrip("\n"))


@command(
    "autocomplete:words",
    arguments={"WORD": "the words behind `herogate`; the last may be empty"},
    examples=["autocomplete:words -- ps:sc"],
)
@click.argument("words", nargs=-1, type=click.UNPROCESSED, metavar="WORD")
def words(words: tuple[str, ...]) -> None:
    """print what the last of some words may become, for the shells' scripts"""
    from herogate.cli.completion import candidates
    from herogate.cli.completion_cache import Cache

    for candidate in candidates(words, Cache()):
        output.say(candidate)


def _known(shell: str | None) -> str:
    name = (shell or os.environ.get("SHELL", "").rpartition("/")[2] or "bash").lower()
    if name not in _SETTINGS:
        raise InvalidRequest(
            f"There is no completion for {name}.", f"There is for {', '.join(_SETTINGS)}."
        )
    return name


def _evaluated(shell: str) -> str:
    return f'eval "$(herogate autocomplete:script {shell})"'
