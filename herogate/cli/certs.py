"""``herogate certs …``: certificates of an app's domains, which ACM issues and renews."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime

import click

from herogate.cli import options, output, progress
from herogate.cli.help import command
from herogate.cli.options import Target
from herogate.models import DnsRecord, Domain

_WAIT = click.option("--wait", is_flag=True, help="wait until every domain is served")


@command("certs", examples=["certs", "certs --json"])
@options.as_json
@options.with_app
def index(target: Target, *, as_json: bool) -> None:
    """list the certificates of an app"""
    domains = target.platform.domains
    if as_json:
        output.document(domains.certificates(target.app))
        return
    listed(target.app, domains.all(target.app))


@command("certs:auto", examples=["certs:auto", "certs:auto --wait"])
@_WAIT
@options.as_json
@options.with_app
def auto(target: Target, *, wait: bool, as_json: bool) -> None:
    """show how an app's domains come by certificates"""
    domains = target.platform.domains
    if wait:
        _waited(target)
    found = domains.all(target.app)
    if as_json:
        output.document(found)
        return
    state = "enabled" if domains.are_automatic(target.app) else "disabled"
    output.heading(f"Automatic Certificate Management is {state} on {target.app}")
    statuses(found)


@command("certs:auto:enable", examples=["certs:auto:enable", "certs:auto:enable --wait"])
@_WAIT
@options.with_app
def enable(target: Target, *, wait: bool) -> None:
    """let an app's domains get certificates by themselves

    So it is from the start in a space that serves HTTPS.
    """
    with progress.action("Enabling Automatic Certificate Management"):
        target.platform.domains.automate(target.app, on=True)
    if wait:
        _waited(target)
    else:
        output.say("Run herogate certs:auto to see which records are to stand in the DNS.")


@command("certs:auto:disable", examples=["certs:auto:disable"])
@options.with_app
def disable(target: Target) -> None:
    """let an app's domains have no certificates, and delete those that there are"""
    with progress.action("Disabling Automatic Certificate Management"):
        target.platform.domains.automate(target.app, on=False)


@command("certs:auto:refresh", examples=["certs:auto:refresh"])
@options.with_app
def refresh(target: Target) -> None:
    """serve the certificates that were issued since, and ask again for those that failed"""
    with progress.action("Refreshing Automatic Certificate Management"):
        target.platform.domains.automate(target.app, on=True)
        target.platform.domains.refresh(target.app)


def _waited(target: Target) -> None:
    left = f"ACM goes on. `herogate certs:auto -a {target.app}` shows how far it is."
    with progress.action(f"Waiting for certificates of {output.app(target.app)}", left=left):
        target.platform.domains.wait(target.app)


def listed(app: str, domains: Sequence[Domain]) -> None:
    """Print the certificates of an app's domains in Heroku's table."""
    found = [each.certificate for each in domains if each.certificate is not None]
    if not found:
        output.say(f"{output.app(app)} has no SSL certificates.")
        return
    used = Counter(each.name for each in found)
    output.table(
        ["Name", "Common Name(s)", "Expires", "Trusted", "Type", "Domains"],
        [
            [
                each.name,
                ", ".join(each.hostnames),
                _minute(each.expires_at),
                str(each.status.is_good),
                "SNI",
                str(used[each.name]),
            ]
            for each in {certificate.name: certificate for certificate in found}.values()
        ],
    )
    output.say()


def statuses(domains: Sequence[Domain]) -> None:
    """Print how domains stand with their certificates, and what ACM still waits for."""
    output.table(
        ["Domain", "Status", "Reason", "Last Updated"],
        [
            [
                each.hostname,
                each.certificate.status if each.certificate else "no certificate",
                (each.certificate.failure or "") if each.certificate else "",
                _minute(each.certificate.created_at if each.certificate else each.created_at),
            ]
            for each in domains
        ],
    )
    waiting = [record for each in domains if (record := _waited_for(each)) is not None]
    if waiting:
        output.say("\nThese records are to stand in the DNS:\n")
        output.table(
            ["Name", "Type", "Value"], [[each.name, each.type, each.value] for each in waiting]
        )


def _waited_for(domain: Domain) -> DnsRecord | None:
    """The record without which a domain's certificate is not issued."""
    certificate = domain.certificate
    return None if certificate is None or certificate.status.is_settled else certificate.record


def _minute(time: datetime | None) -> str:
    return "" if time is None else time.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
