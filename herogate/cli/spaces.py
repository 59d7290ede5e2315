"""``herogate spaces …``: the network, load balancer and ledger that apps share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from herogate.cli import options, output, progress
from herogate.cli.confirmation import confirmed
from herogate.cli.help import command
from herogate.errors import InvalidRequest, NotFound
from herogate.models import DEFAULT_SPACE, Space

if TYPE_CHECKING:
    from herogate.engine.platform import Platform

# An application load balancer and its two public addresses, in us-east-1, without traffic.
_COST = "about $24 a month"


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
@click.option("--domain", help="apps get https://<app>.<domain> instead of a port each")
@click.option("--hosted-zone", help="id of the domain's hosted zone on Route 53")
@click.option("--certificate", help="ARN of a certificate for *.<domain>; else one is requested")
@click.option("--permissions-boundary", help="ARN of the policy that bounds every role")
@click.option("--load-balancers", default=1, help="how many; one carries 48 apps")
@options.as_json
@options.with_platform
def create(
    platform: Platform,
    name: str,
    domain: str | None,
    hosted_zone: str | None,
    certificate: str | None,
    permissions_boundary: str | None,
    load_balancers: int,
    *,
    as_json: bool,
) -> None:
    """create a space for apps

    It takes about 5 minutes, once, and costs about $24 a month: the load balancer is paid by the hour.
    """
    work = progress.follow(
        lambda: platform.spaces.create(
            name,
            domain=domain,
            hosted_zone_id=hosted_zone,
            certificate_arn=certificate,
            permissions_boundary=permissions_boundary,
            load_balancers=load_balancers,
        ),
        f"Creating space {name}",
        left=f"See `herogate spaces:info {name}`.",
    )
    if as_json:
        output.document(work.wait())


@command("spaces:info", examples=["spaces:info", "spaces:info staging --json"])
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


@command("spaces:destroy", examples=["spaces:destroy staging", "spaces:destroy default -c default"])
@click.argument("name", required=False, metavar="SPACE")
@click.option("-s", "--space", help="the same, as a flag")
@options.confirm
@options.with_platform
def destroy(platform: Platform, name: str | None, space: str | None, confirm: str | None) -> None:
    """destroy a space that has no apps"""
    chosen = _one_of(name, space)
    if chosen is None:
        raise InvalidRequest("No space specified.", "Name it: herogate spaces:destroy <space>")
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
        "Created At": output.moment(space.created_at),
    }
