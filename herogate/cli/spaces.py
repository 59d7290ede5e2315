"""``herogate spaces …``: the network, load balancer and ledger that apps share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

import click

from herogate.cli import asked as asking, changes, options, output, progress
from herogate.cli.confirmation import confirmed
from herogate.cli.help import command
from herogate.errors import InvalidRequest, NotFound
from herogate.models import DEFAULT_SPACE, App, Space, StackChanges

if TYPE_CHECKING:
    from herogate.engine.platform import Platform
    from herogate.engine.proposals import Proposal
    from herogate.engine.space_spec import SpaceOptions

# An application load balancer, its two public addresses and a key, in us-east-1, without traffic.
_COST = "about $25 a month"


@command("spaces", examples=["spaces", "spaces --json"])
@options.as_json
@options.with_platform
def index(platform: Platform, *, as_json: bool) -> None:
    """list your spaces"""
    spaces = platform.spaces.all()
    if as_json:
        output.document(spaces)
    elif not spaces:
        output.say("You have no spaces.")
    else:
        output.table(
            ["Name", "Region", "Status", "Domain", "Created At"],
            [
                [s.name, s.region, s.status, s.domain or "", output.moment(s.created_at)]
                for s in spaces
            ],
        )


@command(
    "spaces:create",
    arguments={"SPACE": 'name of the space, "default" if not given'},
    examples=["spaces:create", "spaces:create staging --domain staging.example.com"],
)
@click.argument("name", default=DEFAULT_SPACE, metavar="SPACE")
@asking.of_new_space
@changes.dry_run
@options.as_json
@options.with_platform
def create(
    platform: Platform, name: str, asked: SpaceOptions, *, dry_run: bool, as_json: bool
) -> None:
    """create a space for apps

    It takes about 5 minutes, once, and costs about $25 a month: the load balancer is paid by the hour.
    """
    if dry_run:
        told = changes.asked(
            f"space {name}", lambda: platform.spaces.creation_changes(name, **asked)
        )
        changes.show([told], as_json=as_json)
        return
    work = progress.follow(
        lambda: platform.spaces.create(name, **asked),
        f"Creating space {name}",
        left=f"See `herogate spaces:info {name}`.",
    )
    if as_json:
        output.document(work.wait())


@command(
    "spaces:update",
    arguments={"SPACE": 'name of the space, "default" if not given'},
    examples=["spaces:update --dry-run", "spaces:update staging --availability-zones 3 --yes"],
)
@click.argument("name", default=DEFAULT_SPACE, metavar="SPACE")
@asking.of_space
@changes.dry_run
@options.yes
@options.as_json
@options.with_platform
def update(
    platform: Platform, name: str, asked: SpaceOptions, *, dry_run: bool, yes: bool, as_json: bool
) -> None:
    """bring a space and its apps to other options and to this Herogate

    It shows what AWS would change, and asks. What is not said stays as it is; a newer Herogate may
    describe a space and its apps otherwise. What runs goes on running.
    """
    apps = [app.name for app in platform.apps.all(space=name) if app.status.is_ready]
    of_space = changes.asked(f"space {name}", lambda: platform.spaces.update(name, **asked))
    if dry_run:
        told = changes.withdrawn([of_space])
        told += [
            changes.asked(output.app(app), partial(platform.apps.foreseen_changes, app, asked))
            for app in apps
        ]
        changes.show(told, as_json=as_json)
        return
    changes.make([of_space], f"space {name}", yes=yes, quiet=as_json)
    changes.make(_of_apps(platform, apps), "its apps", yes=yes, quiet=as_json)
    if as_json:
        output.document(platform.spaces.info(name))


@command(
    "spaces:info",
    arguments={"SPACE": 'name of the space, "default" if not given'},
    examples=["spaces:info", "spaces:info staging --json"],
)
@click.argument("name", required=False, metavar="SPACE")
@click.option("-s", "--space", help="the same, as a flag")
@options.as_json
@options.with_platform
def info(platform: Platform, name: str | None, space: str | None, *, as_json: bool) -> None:
    """show a space"""
    chosen = _one_of(name, space)
    found = platform.spaces.info(DEFAULT_SPACE if chosen is None else chosen)
    if as_json:
        output.document(found)
    else:
        output.heading(found.name)
        output.pairs(_facts(found))


@command(
    "spaces:destroy",
    arguments={"SPACE": "name of the space"},
    examples=["spaces:destroy staging", "spaces:destroy default -c default"],
)
@click.argument("name", required=False, metavar="SPACE")
@click.option("-s", "--space", help="the same, as a flag")
@options.confirm
@changes.dry_run
@options.with_platform
def destroy(
    platform: Platform, name: str | None, space: str | None, confirm: str | None, *, dry_run: bool
) -> None:
    """destroy a space that has no apps"""
    chosen = _one_of(name, space)
    if chosen is None:
        raise InvalidRequest("No space specified.", "Name it: herogate spaces:destroy <space>")
    if dry_run:
        told = changes.asked(f"space {chosen}", lambda: platform.spaces.destruction_changes(chosen))
        changes.show([told])
        return
    confirmed(
        chosen,
        confirm,
        f"space {chosen}, its bucket and its ledger",
        check=lambda: platform.spaces.check_destroyable(chosen),
    )
    progress.follow(
        lambda: platform.spaces.destroy(chosen),
        f"Destroying space {chosen}",
        left="Run the same command again to finish.",
    )


def offer(platform: Platform, name: str, *, yes: bool) -> None:
    """Before an app's creation: make the default space, with the user's consent, if there is none."""
    if platform.spaces.exists(name):
        return
    if name != DEFAULT_SPACE:
        raise NotFound.space(name, platform.region)
    explanation = (
        f"There is no space in {platform.region} yet. All your apps share one: a network and a load "
        f"balancer. Creating it takes about 5 minutes, once, and costs {_COST}."
    )
    if yes or output.ask(f"{explanation} Create it now?", flag="--yes"):
        progress.follow(
            lambda: platform.spaces.create(name),
            f"Creating space {name}",
            left=f"See `herogate spaces:info {name}`.",
        )
    else:
        raise NotFound("No app without a space.", "Create one: herogate spaces:create")


def missing(platform: Platform, name: str) -> list[StackChanges]:
    """What would be made before an app's creation: the default space, if there is none."""
    if platform.spaces.exists(name):
        return []
    if name != DEFAULT_SPACE:
        raise NotFound.space(name, platform.region)
    output.talk("There is no space yet; it would be made first. Then the app can be told of too.")
    return [changes.asked(f"space {name}", lambda: platform.spaces.creation_changes(name))]


def _of_apps(platform: Platform, apps: Sequence[str]) -> Iterator[Proposal[App]]:
    """What would change of apps; each is asked for when the one before is in somebody's care."""
    for app in apps:
        yield changes.asked(output.app(app), partial(platform.apps.update, app))


def _one_of(argument: str | None, flag: str | None) -> str | None:
    if None not in (argument, flag) and argument != flag:
        raise InvalidRequest(f"The argument says {argument}, but --space says {flag}.")
    return flag if argument is None else argument


def _facts(space: Space) -> dict[str, str | None]:
    return {
        "Region": space.region,
        "Status": space.status,
        "Domain": space.domain,
        "Web Hosts": ", ".join(space.web_hosts),
        "Zones": f"{space.availability_zones}, {'private' if space.private else 'public'}",
        "Key": "customer managed" if space.customer_key else "AWS managed",
        "Log Retention": f"{space.log_retention_days} days",
        "Container Insights": space.container_insights,
        "Deletion Protection": "on" if space.deletion_protection else "off",
        "Version": space.version,
        "Created At": output.moment(space.created_at),
    }
