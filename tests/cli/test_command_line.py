"""The program as a whole: help, versions, errors and exit codes."""

# ruff: noqa: RUF001 - the bar of Heroku's errors

from __future__ import annotations

import inspect
import shlex
import subprocess
import sys
from importlib.metadata import version
from itertools import takewhile
from pathlib import Path

import click
import pytest
from command_line import SCRIPTS, Herogate, Said

import herogate as library
from herogate.cli import registry
from herogate.cli.group import root

HELP_HINT = " ›\n ›   See more help with --help\n"


def plain(talk: str) -> str:
    """What was said, without the bar and its line breaks."""
    return " ".join(talk.replace("›", " ").split())


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


@pytest.mark.parametrize(
    ("words", "warning"),
    [
        (("nosuchcommand",), "nosuchcommand is not a herogate command."),
        (("aps",), "aps is not a herogate command. Did you mean apps?"),
        (("git", "remotes"), "git:remotes is not a herogate command. Did you mean git:remote?"),
        (
            ("help", "spaces:creat"),
            "spaces:creat is not a herogate command. Did you mean spaces:create?",
        ),
    ],
)
def test_an_unknown_command_exits_127(
    herogate: Herogate, words: tuple[str, ...], warning: str
) -> None:
    said = herogate(*words)
    assert (said.out, said.code) == ("", 127)
    assert plain(said.err).startswith(f"Warning: {warning}")
    assert said.err.endswith(" ›   Error: Run herogate help for a list of available commands.\n")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("apps", "--foo"), "No such option '--foo'."),
        (("apps", "more"), "Got unexpected extra argument (more)"),
        (("info", "-a"), "Option '-a' requires an argument."),
        (("spaces:create", "--load-balancers", "x"), "'x' is not a valid integer."),
    ],
)
def test_a_bad_flag_or_argument_is_refused(
    herogate: Herogate, words: tuple[str, ...], message: str
) -> None:
    said = herogate(*words)
    assert (said.out, said.code) == ("", 2)
    assert said.err.startswith(" ›   Error: ")
    assert message in said.err
    assert said.err.endswith(HELP_HINT)


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        pytest.param(("info",), 2, "No app specified.", id="no app"),
        pytest.param(("info", "-r", "staging"), 2, "remote staging not found", id="no remote"),
        pytest.param(("info", "-a", "", "--region", "us-east-1"), 2, "it is empty", id="empty app"),
        pytest.param(("info", ""), 2, "it is empty", id="empty argument"),
        pytest.param(("spaces:info", ""), 2, "it is empty", id="empty space"),
        pytest.param(("info", "one", "-a", "two"), 2, "--app says two.", id="two apps"),
        pytest.param(("apps",), 2, "No AWS region given.", id="no region"),
        pytest.param(
            ("apps", "--region", "us-east-1"), 2, "Unable to locate credentials.", id="who"
        ),
        pytest.param(("apps", "--region", "mars"), 2, "mars is not an AWS region.", id="mars"),
        pytest.param(
            ("apps", "--region", "us-east-1", "--profile", "x"), 2, "profile (x)", id="profile"
        ),
        pytest.param(("create", "My_Shop"), 2, "has an upper-case letter (M)", id="app name"),
        pytest.param(("info", "x" * 27), 2, "it has 27 characters", id="long name"),
        pytest.param(("spaces:create", "-"), 2, "does not begin with a letter", id="space name"),
        pytest.param(
            ("spaces:create", "--certificate", "arn:x"), 2, "needs the domain", id="no domain"
        ),
        pytest.param(("spaces:destroy",), 2, "No space specified.", id="no space"),
        pytest.param(("git:remote",), 2, "No app specified.", id="no app for the remote"),
        pytest.param(("git:remote", "-a", "shop"), 1, "This is no git repository.", id="no git"),
        pytest.param(
            ("destroy", "-a", "my-shop", "--confirm", "wrong"),
            1,
            "Confirmation wrong did not match my-shop. Aborted.",
            id="wrong confirmation",
        ),
        pytest.param(
            ("destroy", "-a", "my-shop"), 1, "Nobody can be asked here; say yes", id="no terminal"
        ),
    ],
)
def test_what_cannot_be_done_is_said_in_one_error(
    herogate: Herogate, words: tuple[str, ...], code: int, message: str
) -> None:
    said = herogate(*words)
    assert (said.out, said.code) == ("", code)
    assert said.err.count("   Error: ") == 1
    assert message in plain(said.err)


def test_an_endpoint_that_does_not_answer_is_told_within_seconds(herogate: Herogate) -> None:
    said = herogate(
        "apps",
        AWS_ENDPOINT_URL="http://127.0.0.1:9",
        AWS_REGION="us-east-1",
        AWS_ACCESS_KEY_ID="key",
        AWS_SECRET_ACCESS_KEY="secret",
    )
    assert said == Said(
        out="",
        err=(
            " ›   Error: The AWS endpoint http://127.0.0.1:9 does not answer.\n"
            " ›\n"
            " ›   Check the network and the profile's endpoint_url.\n"
            " ›   If it is a local cloud: `herogate local start`.\n"
        ),
        code=2,
    )


def test_an_encoding_without_our_characters_is_no_crash(herogate: Herogate) -> None:
    said = herogate("aps", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert said.code == 127
    assert said.err.startswith(" ?   Warning: aps")


def test_a_reader_that_has_seen_enough_is_no_error() -> None:
    run = subprocess.run(
        f"'{SCRIPTS / 'herogate'}' help | true; exit ${{PIPESTATUS[0]}}",
        shell=True,
        executable="/bin/bash",
        capture_output=True,
        text=True,
    )
    assert (run.returncode, run.stderr) == (0, "")


def test_closed_streams_are_no_crash() -> None:
    run = subprocess.run(
        f"'{SCRIPTS / 'herogate'}' help <&- >&-", shell=True, capture_output=True, text=True
    )
    assert (run.returncode, run.stderr) == (0, "")


def test_a_full_disk_is_an_error_and_no_traceback() -> None:
    for words in ("help", "--version", "local:status --json"):
        run = subprocess.run(
            f"'{SCRIPTS / 'herogate'}' {words} >/dev/full",
            shell=True,
            capture_output=True,
            text=True,
        )
        assert (run.returncode, run.stderr) == (1, " ›   Error: No space is left to write to.\n")


@pytest.mark.parametrize("command", ["start", "stop", "status"])
def test_a_directory_that_cannot_be_used_is_named(
    herogate: Herogate, tmp_path: Path, command: str
) -> None:
    (tmp_path / "file").touch()
    said = herogate("local", command, HEROGATE_LOCAL_DIR=str(tmp_path / "file" / "cloud"))
    assert (said.out, said.code) == ("", 1)
    assert said.err.endswith(" ›   Set HEROGATE_LOCAL_DIR to a directory that you can write to.\n")
    assert "Not a directory" in plain(said.err)


@pytest.mark.parametrize("command", ["env", "logs"])
def test_before_the_first_start_there_is_no_local_cloud(herogate: Herogate, command: str) -> None:
    assert herogate("local", command) == Said(
        out="",
        err=(
            " ›   Error: There is no local cloud yet.\n"
            " ›\n"
            " ›   Start it with `herogate local start`.\n"
        ),
        code=1,
    )


def test_starting_imports_nothing_heavy(tmp_path: Path) -> None:
    program = (
        "import sys; sys.argv = ['herogate', 'help', 'apps:create']\n"
        "from herogate.cli import main; main()\n"
        "heavy = {'boto3', 'botocore', 'git', 'troposphere', 'tabulate', 'moto', 'aiohttp'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True
    )
    assert (run.returncode, run.stderr) == (0, "")
