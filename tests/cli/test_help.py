"""`help` and `version`: in Heroku's layout, of everything, of a topic, of a command."""

from __future__ import annotations

import inspect
import re
import shlex
from importlib.metadata import version
from itertools import takewhile
from pathlib import Path

import click
import pytest
from command_line import Herogate, Said

import herogate as library
from herogate.cli import registry
from herogate.cli.group import root
from herogate.cli.help import root_help, topic_help


def test_the_version_is_that_of_the_installed_package(herogate: Herogate) -> None:
    said = herogate("--version")
    assert (said.out.split()[0], said.err, said.code) == (f"herogate/{version('herogate')}", "", 0)
    assert herogate("version").out == said.out
    assert library.__version__ == version("herogate")


def test_without_a_command_help_is_shown(herogate: Herogate) -> None:
    shown = herogate("help")
    assert (herogate(), herogate("--help")) == (shown, shown)
    assert (shown.err, shown.code) == ("", 0)
    assert shown.out.startswith("Heroku's working day on your own AWS account\n\nVERSION\n")


def test_help_lists_every_command_with_a_summary(herogate: Herogate) -> None:
    commands = herogate("help").out.partition("COMMANDS\n")[2]
    listed = [line.split(maxsplit=1) for line in commands.splitlines() if line[2] != " "]
    assert [name for name, *_ in listed] == list(registry.names())
    assert [name for name, *summary in listed if not summary] == []


def test_the_summaries_are_those_of_the_commands() -> None:
    commands = {name: registry.load(name) for name in registry.names()}
    beginnings = {
        name: inspect.cleandoc(command.help or "").partition("\n")[0]
        for name, command in commands.items()
        if command
    }
    assert {name: registry.summary(name) for name in registry.names()} == beginnings


def test_every_command_has_an_example_and_explains_its_arguments() -> None:
    commands = [command for name in registry.names() if (command := registry.load(name))]
    assert [command.name for command in commands if not command.examples] == []
    assert [
        (command.name, argument.human_readable_name)
        for command in commands
        for argument in command.params
        if isinstance(argument, click.Argument)
        and not command.arguments.get(argument.human_readable_name)
    ] == []


EXAMPLES = [
    example
    for name in registry.names()
    if (command := registry.load(name))
    for example in command.examples
]


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_is_understood(
    example: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for file in ("key.pem", "production.env"):
        (tmp_path / file).touch()
    for line in example.split(" && herogate "):
        words = [*takewhile(lambda word: word not in "<>", shlex.split(line))]
        with root.make_context("herogate", list(words)) as context:
            name, meant, rest = root.resolve_command(context, words)
            assert meant is not None
            meant.make_context(name, rest, parent=context).close()


def test_help_of_a_command_has_herokus_layout(herogate: Herogate) -> None:
    said = herogate("apps:open", "--help")
    assert said == Said(
        out=(
            "open the app in a web browser\n"
            "\n"
            "USAGE\n"
            "  $ herogate apps:open [PATH] [-a <value>] [-r <value>] [--print]\n"
            "\n"
            "ARGUMENTS\n"
            "  [PATH]  path under the app's URL\n"
            "\n"
            "FLAGS\n"
            "  -a, --app=<value>     [env: HEROGATE_APP] app to run command against\n"
            "  -r, --remote=<value>  git remote of app to use\n"
            "      --print           print the URL instead of opening it\n"
            "\n"
            "GLOBAL FLAGS\n"
            "      --profile=<value>  AWS profile to use\n"
            "      --region=<value>   AWS region to work in\n"
            "\n"
            "ALIASES\n"
            "  $ herogate open\n"
            "\n"
            "EXAMPLES\n"
            "  $ herogate open\n"
            "  $ herogate open /products\n"
            "  $ herogate open --print\n"
        ),
        err="",
        code=0,
    )


@pytest.mark.parametrize("words", [("help", "open"), ("open", "-h"), ("help", "apps:open")])
def test_help_is_found_in_every_spelling(herogate: Herogate, words: tuple[str, ...]) -> None:
    assert herogate(*words) == herogate("apps:open", "--help")


def test_a_topic_that_is_no_command_shows_its_commands(herogate: Herogate) -> None:
    shown = Said(
        out=(
            "the git remote of an app\n"
            "\n"
            "USAGE\n"
            "  $ herogate git:COMMAND\n"
            "\n"
            "COMMANDS\n"
            "  git:clone   clone an app's repository to this machine\n"
            "  git:remote  add a git remote for an app, or point one to it\n"
        ),
        err="",
        code=0,
    )
    assert (herogate("git"), herogate("help", "git")) == (shown, shown)


def test_a_topics_command_may_be_two_words(herogate: Herogate) -> None:
    assert herogate("git", "remote", "--help") == herogate("git:remote", "--help")


@pytest.mark.parametrize("columns", [40, 80, 120, 200])
def test_help_fits_the_terminal(columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    commands = [command for name in registry.names() if (command := registry.load(name))]
    shown = [
        root_help(),
        *map(topic_help, registry.TOPICS),
        *(command.get_help(click.Context(command)) for command in commands),
    ]
    lines = [line for text in shown for line in text.splitlines()]
    assert [line for line in lines if len(line) > columns] == []


def test_in_a_narrow_terminal_what_has_no_room_beside_stands_below(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    command = registry.load("apps:open")
    assert command is not None
    assert command.get_help(click.Context(command)) == (
        "open the app in a web browser\n"
        "\n"
        "USAGE\n"
        "  $ herogate apps:open [PATH]\n"
        "    [-a <value>] [-r <value>] [--print]\n"
        "\n"
        "ARGUMENTS\n"
        "  [PATH]  path under the app's URL\n"
        "\n"
        "FLAGS\n"
        "  -a, --app=<value>\n"
        "        [env: HEROGATE_APP] app to run\n"
        "        command against\n"
        "  -r, --remote=<value>\n"
        "        git remote of app to use\n"
        "      --print\n"
        "        print the URL instead of opening\n"
        "        it\n"
        "\n"
        "GLOBAL FLAGS\n"
        "      --profile=<value>\n"
        "        AWS profile to use\n"
        "      --region=<value>\n"
        "        AWS region to work in\n"
        "\n"
        "ALIASES\n"
        "  $ herogate open\n"
        "\n"
        "EXAMPLES\n"
        "  $ herogate open\n"
        "  $ herogate open /products\n"
        "  $ herogate open --print"
    )


def test_an_example_that_goes_on_in_the_next_line_is_still_what_a_shell_takes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    command = registry.load("config:set")
    assert command is not None
    examples = command.get_help(click.Context(command)).partition("EXAMPLES\n")[2]
    typed = [line.removeprefix("$ herogate ") for line in split_lines(examples)]
    assert typed == list(command.examples)


def split_lines(text: str) -> list[str]:
    """Lines as a shell joins those that go on."""
    return re.sub(r"\s*\\\n\s*", " ", inspect.cleandoc(text)).splitlines()
