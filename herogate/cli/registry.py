"""Which commands there are, and where each lives. A module is imported when its command is wanted.

A new command is a function in the module of its topic and a line here, which has its summary too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from herogate.cli.help import Command

_COMMANDS: Mapping[str, tuple[str, str]] = {
    "apps": ("apps.index", "list your apps"),
    "apps:create": ("apps.create", "create a new app"),
    "apps:destroy": ("apps.destroy", "permanently destroy an app"),
    "apps:info": ("apps.info", "show detailed app information"),
    "apps:open": ("apps.open_", "open the app in a web browser"),
    "apps:update": ("apps_update.update", "change how an app is built, checked and deployed"),
    "auth:whoami": ("auth.whoami", "display the AWS identity that commands act as"),
    "autocomplete": ("autocomplete.index", "show how a shell completes what you type"),
    "autocomplete:script": (
        "autocomplete.script",
        "print what a shell runs to complete what you type",
    ),
    "autocomplete:words": (
        "autocomplete.words",
        "print what the last of some words may become, for the shells' scripts",
    ),
    "buildpacks": ("buildpacks.index", "list the buildpacks of an app"),
    "buildpacks:clear": ("buildpacks.clear", "clear all buildpacks set on the app"),
    "buildpacks:set": ("buildpacks.set_", "set the buildpacks of an app"),
    "builds": ("builds.index", "list the builds of an app"),
    "builds:info": ("builds.info", "show detailed information for a build"),
    "builds:output": ("builds.output_", "show what a build wrote"),
    "certs": ("certs.index", "list the certificates of an app"),
    "certs:auto": ("certs.auto", "show how an app's domains come by certificates"),
    "certs:auto:disable": (
        "certs.disable",
        "let an app's domains have no certificates, and delete those that there are",
    ),
    "certs:auto:enable": ("certs.enable", "let an app's domains get certificates by themselves"),
    "certs:auto:refresh": (
        "certs.refresh",
        "serve the certificates that were issued since, and ask again for those that failed",
    ),
    "config": ("config.index", "display the config vars for an app"),
    "config:edit": ("config_edit.edit", "edit config vars in $VISUAL or $EDITOR"),
    "config:get": ("config.get", "display the values of config vars"),
    "config:set": ("config_set.set_", "set one or more config vars"),
    "config:unset": ("config.unset", "unset one or more config vars"),
    "container:push": (
        "container.push",
        "build an image with this machine's docker and push it",
    ),
    "container:release": (
        "container.release",
        "release the image that was pushed last with `container:push`",
    ),
    "domains": ("domains.index", "list the domains of an app"),
    "domains:add": ("domains.add", "add a domain to an app"),
    "domains:clear": ("domains.clear", "remove all domains from an app"),
    "domains:info": ("domains.info", "show detailed information for a domain of an app"),
    "domains:remove": ("domains.remove", "remove a domain from an app"),
    "domains:update": ("domains.update", "serve a domain of an app with another certificate"),
    "domains:wait": ("domains.wait", "wait until a domain is served, with its certificate"),
    "git:clone": ("git.clone", "clone an app's repository to this machine"),
    "git:remote": ("git.remote", "add a git remote for an app, or point one to it"),
    "help": ("help.help_", "display help for a command or a topic"),
    "local:env": ("local.env", "print the variables that lead AWS clients to the local cloud"),
    "local:logs": (
        "local.logs",
        "show the local cloud's own log: who called which operation, and what became of it",
    ),
    "local:start": ("local.start", "start the local cloud"),
    "local:status": (
        "local.status",
        "show whether the local cloud runs, and where (exit 3 if it does not)",
    ),
    "local:stop": ("local.stop", "stop the local cloud"),
    "logs": ("logs.index", "show the log of an app"),
    "maintenance": ("maintenance.index", "display the current maintenance status of an app"),
    "maintenance:off": ("maintenance.off", "take the app out of maintenance mode"),
    "maintenance:on": ("maintenance.on", "put the app into maintenance mode"),
    "ps": ("ps.index", "list the processes of an app"),
    "ps:options": ("ps_options.index", "manage how processes are paid, started and stopped"),
    "ps:restart": (
        "ps_restart.restart",
        "restart all processes of an app, those of a type, or one",
    ),
    "ps:scale": ("ps_scale.scale", "scale the quantity of processes up or down"),
    "ps:stop": ("ps_restart.stop", "stop a process, or those of a type"),
    "ps:type": ("ps_type.type_", "manage the sizes of processes"),
    "ps:wait": ("ps_wait.wait", "wait until every process runs the newest release"),
    "regions": ("regions.index", "list the regions in which apps can be"),
    "releases": ("releases.index", "list the releases of an app"),
    "releases:info": ("releases.info", "show detailed information for a release"),
    "releases:output": (
        "releases.output_",
        "show what the release command of a release wrote",
    ),
    "releases:retry": (
        "releases.retry",
        "run the release command of the newest release again",
    ),
    "releases:rollback": ("releases_rollback.rollback", "roll back to a previous release"),
    "run": ("run.index", "run a command in a one-off process"),
    "run:detached": (
        "run.detached",
        "run a command in a one-off process whose output goes to the log alone",
    ),
    "schedule": ("schedule.index", "list the schedules of an app"),
    "schedule:add": ("schedule.add", "run a command again and again"),
    "schedule:remove": ("schedule.remove", "run a command no more"),
    "schedule:run": ("schedule.run", "run a schedule now, beside its own times"),
    "spaces": ("spaces.index", "list your spaces"),
    "spaces:create": ("spaces.create", "create a space for apps"),
    "spaces:destroy": ("spaces.destroy", "destroy a space that has no apps"),
    "spaces:info": ("spaces.info", "show a space"),
    "spaces:update": (
        "spaces.update",
        "bring a space and its apps to other options and to this Herogate",
    ),
    "stacks:export": ("stacks.export", "print the CloudFormation templates of an app or a space"),
    "version": ("help.version", "show which Herogate this is"),
}
"""Where each lives, and its summary: help of everything is shown without importing anything."""

_ALIASES: Mapping[str, str] = {
    "apps:delete": "apps:destroy",
    "dyno:kill": "ps:stop",
    "dyno:resize": "ps:type",
    "dyno:restart": "ps:restart",
    "dyno:scale": "ps:scale",
    "dyno:stop": "ps:stop",
    "dyno:type": "ps:type",
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
    "buildpacks": "what builds an app in place of a Dockerfile",
    "builds": "what was made of what was pushed",
    "certs": "certificates of an app's domains",
    "config": "what an app finds in its environment",
    "container": "images that were built elsewhere",
    "domains": "hosts of your own that lead to an app",
    "git": "the git remote of an app",
    "local": "a cloud on this machine",
    "logs": "what an app writes",
    "maintenance": "a page in front of an app",
    "ps": "what runs of an app",
    "releases": "what was released of an app",
    "run": "commands run once",
    "schedule": "commands run again and again",
    "spaces": "the network and load balancer that apps share",
    "stacks": "what AWS was asked for, as CloudFormation templates",
}


def names() -> Sequence[str]:
    """Every command, without aliases, in alphabetical order."""
    return sorted(_COMMANDS)


def every_name() -> Sequence[str]:
    """Every command and every alias, in alphabetical order."""
    return sorted([*_COMMANDS, *_ALIASES])


def aliases(name: str) -> Sequence[str]:
    """The other names of a command."""
    return [alias for alias, command in _ALIASES.items() if command == name]


def summary(name: str) -> str:
    """What a command does, in one line; the same with which its help begins."""
    return _COMMANDS[name][1]


def load(name: str) -> Command | None:
    """The command of this name or alias; None if there is none."""
    known = _COMMANDS.get(_ALIASES.get(name, name))
    if known is None:
        return None
    module, attribute = known[0].split(".")
    loaded: Command = getattr(import_module(f"herogate.cli.{module}"), attribute)
    return loaded


def of_topic(topic: str) -> Sequence[str]:
    """The commands of a topic, itself not among them."""
    return [name for name in names() if name.startswith(f"{topic}:")]


def joined(first: str, second: str) -> str | None:
    """``local start`` as ``local:start``: for topics that are no command, so nothing is ambiguous."""
    name = f"{first}:{second}"
    return name if first not in _COMMANDS and name in {*_COMMANDS, *_ALIASES} else None


def nearest(name: str) -> str | None:
    """The command that somebody who typed `name` may have meant."""
    from difflib import get_close_matches

    found = get_close_matches(name, [*_COMMANDS, *_ALIASES], n=1, cutoff=0.6)
    return found[0] if found else None
