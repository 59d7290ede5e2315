"""``herogate config …``: config vars, shown, set and unset."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping

import click

from herogate.cli import options, output, progress
from herogate.cli.help import command
from herogate.cli.options import Target
from herogate.errors import HerogateError


@command("config", examples=["config", "config --shell > .env", "config --json"])
@options.as_shell
@options.as_json
@options.with_app
def index(target: Target, *, as_shell: bool, as_json: bool) -> None:
    """display the config vars for an app"""
    values = target.platform.config_vars.all(target.app)
    if as_json:
        output.document(values)
    elif as_shell:
        output.dotenv(values)
    elif not values:
        output.say(f"{output.app(target.app)} has no config vars.")
    else:
        output.heading(f"{target.app} Config Vars")
        output.variables(values)


@command(
    "config:get",
    arguments={"KEY": "config vars; one that is not set is an empty line"},
    examples=["config:get RAILS_ENV", "config:get HOST PORT_RANGE --shell"],
)
@click.argument("keys", nargs=-1, required=True, metavar="KEY")
@options.as_shell
@options.as_json
@options.with_app
def get(target: Target, keys: tuple[str, ...], *, as_shell: bool, as_json: bool) -> None:
    """display the values of config vars

    Byte for byte, except on a terminal, which sees no control characters.
    """
    values = target.platform.config_vars.all(target.app)
    if as_json:
        output.document({key: values.get(key) for key in keys})
    elif as_shell:
        output.dotenv({key: values.get(key, "") for key in keys})
    else:
        for key in keys:
            output.value(values.get(key, ""))


@command(
    "config:set",
    arguments={"KEY=VALUE": "config vars; all that follows the first = is the value"},
    examples=[
        "config:set RAILS_ENV=staging",
        "config:set HOST=example.com 'GREETING=hello world'",
        "config:set --stdin PRIVATE_KEY < key.pem",
    ],
)
@click.argument("pairs", nargs=-1, metavar="KEY=VALUE")
@click.option(
    "--stdin", "from_stdin", metavar="KEY", help="read the value of one from stdin, whole"
)
@options.with_app
def set_(target: Target, pairs: tuple[str, ...], from_stdin: str | None) -> None:
    """set one or more config vars

    This makes a release, whose processes take the place of those that run, new ones before old ones. It
    does not wait for that: `herogate ps:wait` does.
    """
    values = dict(map(_pair, pairs)) | _from_stdin(from_stdin)
    if not values:
        raise HerogateError(
            "Must specify KEY and VALUE to set.",
            "Usage: herogate config:set KEY1=VALUE1 [KEY2=VALUE2 ...]",
        )
    _updated(target, "Setting", values)
    output.variables({key: value for key, value in values.items() if key != from_stdin})


@command(
    "config:unset",
    arguments={"KEY": "config vars"},
    examples=["config:unset RAILS_ENV", "config:unset RAILS_ENV RACK_ENV"],
)
@click.argument("keys", nargs=-1, metavar="KEY")
@options.with_app
def unset(target: Target, keys: tuple[str, ...]) -> None:
    """unset one or more config vars"""
    if not keys:
        raise HerogateError(
            "Must specify KEY to unset.", "Usage: herogate config:unset KEY1 [KEY2 ...]"
        )
    _updated(target, "Unsetting", dict.fromkeys(keys))


def _updated(target: Target, verb: str, changes: Mapping[str, str | None]) -> None:
    progress.perform(
        f"{verb} {_listed(changes)} and restarting {output.app(target.app)}",
        lambda: target.platform.config_vars.update(target.app, changes),
        done=lambda release: f"done, {release.version}",
    )


def _pair(word: str) -> tuple[str, str]:
    key, sign, value = word.partition("=")
    if not sign:
        raise HerogateError(f"{word} is invalid. Must be in the format FOO=bar.")
    return key, value


def _from_stdin(key: str | None) -> dict[str, str]:
    if key is None:
        return {}
    return {key: sys.stdin.buffer.read().decode(errors="surrogateescape")}


def _listed(keys: Iterable[str]) -> str:
    return ", ".join(keys)
