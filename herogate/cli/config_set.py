"""``herogate config:set``: config vars from arguments, a file, standard input, or typed unseen."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import click

from herogate.cli import options, output
from herogate.cli.config import updated
from herogate.cli.help import command
from herogate.cli.options import Target
from herogate.errors import HerogateError, InvalidRequest
from herogate.printable import printable

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@command(
    "config:set",
    arguments={"KEY=VALUE": "config vars; all that follows the first = is the value"},
    examples=[
        "config:set RAILS_ENV=staging",
        "config:set HOST=example.com 'GREETING=hello world'",
        "config:set PRIVATE_KEY --stdin < key.pem",
        "config:set PRIVATE_KEY --file key.pem",
        "config:set --env-file production.env",
        "config:set API_KEY --prompt",
    ],
)
@click.argument("words", nargs=-1, metavar="KEY=VALUE")
@click.option("--stdin", is_flag=True, help="the value of the one KEY is read from stdin, whole")
@click.option("--file", type=_FILE, help="the value of the one KEY is what this file holds")
@click.option("-e", "--env-file", type=_FILE, help="config vars of a .env file")
@click.option("--prompt", is_flag=True, help="ask for the value of each KEY, without showing it")
@options.with_app
def set_(
    target: Target,
    words: tuple[str, ...],
    *,
    stdin: bool,
    file: Path | None,
    env_file: Path | None,
    prompt: bool,
) -> None:
    """set one or more config vars

    This makes a release, whose processes take the place of those that run, new ones before old ones. It
    does not wait for that: `herogate ps:wait` does. A value that is given otherwise than in an argument
    is seen by nobody, here and in the list of what runs on this machine.
    """
    shown, bare = divided(words)
    if sum((stdin, file is not None, prompt)) > 1:
        raise InvalidRequest("Give values in one way: --stdin, --file or --prompt.")
    if bare and not (stdin or file or prompt):
        raise HerogateError(f"{bare[0]} is invalid. Must be in the format FOO=bar.")
    unseen = _of_file(env_file)
    if prompt:
        unseen |= {key: _typed(key) for key in bare}
    elif stdin:
        unseen |= _whole(bare, "--stdin", sys.stdin.buffer.read)
    elif file is not None:
        unseen |= _whole(bare, "--file", file.read_bytes)
    if not (shown or unseen):
        raise HerogateError(
            "Must specify KEY and VALUE to set.",
            "Usage: herogate config:set KEY1=VALUE1 [KEY2=VALUE2 ...]",
        )
    updated(target, "Setting", unseen | shown)
    output.variables(shown)


def divided(words: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """What is given as ``KEY=VALUE``, and the keys that stand alone."""
    pairs = [word.partition("=") for word in words]
    return (
        {key: value for key, sign, value in pairs if sign},
        [key for key, sign, _ in pairs if not sign],
    )


def _of_file(file: Path | None) -> dict[str, str]:
    from herogate.engine import dotenv

    if file is None:
        return {}
    try:
        return dotenv.read(file.read_bytes().decode())
    except UnicodeDecodeError as error:
        raise InvalidRequest(f"{file} is no text: it is not UTF-8.") from error
    except InvalidRequest as error:
        raise InvalidRequest(f"{file}: {error.message}") from error


def _whole(bare: Sequence[str], flag: str, read: Callable[[], bytes]) -> Mapping[str, str]:
    if len(bare) != 1:
        raise InvalidRequest(
            f"{flag} gives the value of one config var: name it.",
            f"Usage: herogate config:set KEY {flag}",
        )
    return {bare[0]: read().decode(errors="surrogateescape")}


def _typed(key: str) -> str:
    output.must_be_answerable(f"The value of {key} is to be typed.", "--stdin or --file")
    typed = None
    try:
        typed = getpass.getpass(f"{printable(key)}: ")
    except EOFError:
        raise HerogateError(f"No value of {key} was typed; nothing was changed.") from None
    finally:
        if typed is None:
            output.talk("")  # Ctrl-C and Ctrl-D leave the cursor behind the question
    return typed
