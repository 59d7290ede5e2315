"""Which commands there are, and where each lives. A module is imported when its command is wanted.

A new command is a function in the module of its topic and a line here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from importlib import import_module

import click

_HOMES: Mapping[str, str] = {
    "apps": "apps.index",
    "apps:create": "apps.create",
    "apps:destroy": "apps.destroy",
    "apps:info": "apps.info",
    "apps:open": "apps.open_",
    "auth:whoami": "auth.whoami",
    "builds": "builds.index",
    "builds:info": "builds.info",
    "builds:output": "builds.output_",
    "config": "config.index",
    "config:get": "config.get",
    "config:set": "config.set_",
    "config:unset": "config.unset",
    "git:remote": "git.remote",
    "help": "help.help_",
    "local:env": "local.env",
    "local:logs": "local.logs",
    "local:start": "local.start",
    "local:status": "local.status",
    "local:stop": "local.stop",
    "logs": "logs.index",
    "maintenance": "maintenance.index",
    "maintenance:off": "maintenance.off",
    "maintenance:on": "maintenance.on",
    "ps": "ps.index",
    "ps:restart": "ps_restart.restart",
    "ps:scale": "ps_scale.scale",
    "ps:stop": "ps_restart.stop",
    "ps:type": "ps_scale.type_",
    "ps:wait": "ps_restart.wait",
    "releases": "releases.index",
    "releases:info": "releases.info",
    "releases:rollback": "releases_rollback.rollback",
    "run": "run.index",
    "run:detached": "run.detached",
    "schedule": "schedule.index",
    "schedule:add": "schedule.add",
    "schedule:remove": "schedule.remove",
    "schedule:run": "schedule.run",
    "spaces": "spaces.index",
    "spaces:create": "spaces.create",
    "spaces:destroy": "spaces.destroy",
    "spaces:info": "spaces.info",
    "version": "help.version",
}

_ALIASES: Mapping[str, str] = {
    "apps:delete": "apps:destroy",
    "apps:list": "apps",
    "config:add": "config:set",
    "config:remove": "config:unset",
    "create": "apps:create",
    "destroy": "apps:destroy",
    "info": "apps:info",
    "list": "apps",
    "kill": "ps:stop",
    "open": "apps:open",
    "ps:kill": "ps:stop",
    "ps:resize": "ps:type",
    "resize": "ps:type",
    "restart": "ps:restart",
    "rollback": "releases:rollback",
    "scale": "ps:scale",
    "stop": "ps:stop",
    "whoami": "auth:whoami",
}

TOPICS: Mapping[str, str] = {
    "apps": "manage apps",
    "auth": "who calls AWS",
    "builds": "what was made of what was pushed",
    "config": "what an app finds in its environment",
    "git": "the git remote of an app",
    "local": "a cloud on this machine",
    "logs": "what an app writes",
    "maintenance": "a page in front of an app",
    "ps": "what runs of an app",
    "releases": "what was released of an app",
    "run": "commands run once",
    "schedule": "commands run again and again",
    "spaces": "the network and load balancer that apps share",
}


def names() -> Sequence[str]:
    """Every command, without aliases, in alphabetical order."""
    return sorted(_HOMES)


def aliases(name: str) -> Sequence[str]:
    """The other names of a command."""
    return [alias for alias, command in _ALIASES.items() if command == name]


def load(name: str) -> click.Command | None:
    """The command of this name or alias; None if there is none."""
    home = _HOMES.get(_ALIASES.get(name, name))
    if home is None:
        return None
    module, attribute = home.split(".")
    command = getattr(import_module(f"herogate.cli.{module}"), attribute)
    assert isinstance(command, click.Command)  # noqa: S101
    return command


def of_topic(topic: str) -> Sequence[str]:
    """The commands of a topic, itself not among them."""
    return [name for name in names() if name.startswith(f"{topic}:")]


def joined(first: str, second: str) -> str | None:
    """``local start`` as ``local:start``: for topics that are no command, so nothing is ambiguous."""
    name = f"{first}:{second}"
    return name if first not in _HOMES and name in {*_HOMES, *_ALIASES} else None


def nearest(name: str) -> str | None:
    """The command that somebody who typed `name` may have meant."""
    found = get_close_matches(name, [*_HOMES, *_ALIASES], n=1, cutoff=0.6)
    return found[0] if found else None
