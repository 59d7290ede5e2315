"""``herogate config …``: config vars, shown and unset."""

from __future__ import annotations

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
    updated(target, "Unsetting", dict.fromkeys(keys))


def updated(target: Target, verb: str, changes: Mapping[str, str | None]) -> None:
    """Change config vars, and tell which."""
    progress.perform(
        f"{verb} {_listed(changes)} and restarting {output.app(target.app)}",
        lambda: target.platform.config_vars.update(target.app, changes),
        done=lambda release: f"done, {release.version}",
    )


def _listed(keys: Iterable[str]) -> str:
    return ", ".join(keys)
