"""The program as a whole: errors and exit codes."""

# ruff: noqa: RUF001 - the bar of Heroku's errors

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from command_line import SCRIPTS, Herogate, Said

HELP_HINT = " ›\n ›   See more help with --help\n"


def plain(talk: str) -> str:
    """What was said, without the bar and its line breaks."""
    return " ".join(talk.replace("›", " ").split())


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


def test_a_command_typed_as_two_words_where_one_of_them_is_a_command_is_guessed(
    herogate: Herogate,
) -> None:
    assert herogate("config", "set", "FOO=bar") == Said(
        out="",
        err=" ›   Error: Got unexpected extra arguments (set FOO=bar)\n"
        " ›\n"
        " ›   Did you mean herogate config:set?\n",
        code=2,
    )


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


@pytest.mark.parametrize("stream", ["2>&1 >/dev/null | true", "2>/dev/full", "2>&-"])
def test_what_nobody_listens_to_changes_no_exit_code(stream: str) -> None:
    run = subprocess.run(
        f"'{SCRIPTS / 'herogate'}' nosuch {stream}; exit ${{PIPESTATUS[0]}}",
        shell=True,
        executable="/bin/bash",
        capture_output=True,
        text=True,
    )
    assert (run.returncode, run.stdout, run.stderr) == (127, "", "")


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
