"""``herogate domains …``: hosts of somebody's own under which an app is reached."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

import click

from herogate.cli import options, output, progress, tables
from herogate.cli.help import command
from herogate.cli.options import Target
from herogate.errors import InvalidRequest
from herogate.models import Domain

_ARGUMENTS = {"HOSTNAME": "the domain: www.example.com, or *.example.com"}
_CERT = "the certificate you want to use for this domain, by its name or ARN in ACM"
_hostname = click.argument("hostname", metavar="HOSTNAME")


@command("domains", examples=["domains", "domains --json", "domains --csv", "domains --filter www"])
@tables.options
@options.as_json
@options.with_app
def index(target: Target, shape: tables.Shape, *, as_json: bool) -> None:
    """list the domains of an app"""
    domains = target.platform.domains.all(target.app)
    if as_json:
        output.document(domains)
        return
    headers, rows = tables.chosen(
        shape,
        ["Domain Name", "DNS Record Type", "DNS Target", "SNI Endpoint"],
        [
            [each.hostname, "CNAME", each.cname, each.certificate.name if each.certificate else ""]
            for each in domains
        ],
    )
    if not shape.is_csv:
        output.heading(f"{target.app} Herogate Domain")
        output.say(urlsplit(target.platform.apps.info(target.app).web_url or "").hostname or "")
        output.say("\n")
        output.heading(f"{target.app} Custom Domains")
    tables.show(shape, headers, rows)
    if not shape.is_csv:
        output.say()


@command(
    "domains:add",
    arguments=_ARGUMENTS,
    examples=[
        "domains:add www.example.com",
        "domains:add www.example.com --wait",
        "domains:add www.example.com --cert 3f9a1c2e-0000-4000-8000-0123456789ab",
    ],
)
@_hostname
@click.option("-c", "--cert", help=_CERT)
@click.option("--wait", is_flag=True, help="wait until it is served")
@options.as_json
@options.with_app
def add(target: Target, hostname: str, *, cert: str | None, wait: bool, as_json: bool) -> None:
    """add a domain to an app

    It tells which records are to stand in the DNS: one that leads to the app and, in a space that serves
    HTTPS, one by which ACM issues a certificate, where you have none to use. In a space without a domain
    the app answers at its own port, by HTTP.
    """
    with progress.action(f"Adding {hostname} to {output.app(target.app)}"):
        domain = target.platform.domains.add(target.app, hostname, certificate=cert)
    if as_json:
        output.document(domain)
    else:
        told(domain)
    if wait:
        _waited(target, domain.hostname)


@command(
    "domains:update",
    arguments=_ARGUMENTS,
    examples=["domains:update www.example.com --cert 3f9a1c2e-0000-4000-8000-0123456789ab"],
)
@_hostname
@click.option("--cert", required=True, help=_CERT)
@options.with_app
def update(target: Target, hostname: str, cert: str) -> None:
    """serve a domain of an app with another certificate"""
    with progress.action(f"Updating {hostname} to use {cert} certificate"):
        target.platform.domains.update(target.app, hostname, certificate=cert)


@command("domains:remove", arguments=_ARGUMENTS, examples=["domains:remove www.example.com"])
@_hostname
@options.with_app
def remove(target: Target, hostname: str) -> None:
    """remove a domain from an app"""
    with progress.action(f"Removing {hostname} from {output.app(target.app)}"):
        target.platform.domains.remove(target.app, hostname)


@command("domains:clear", examples=["domains:clear", "domains:clear -a my-shop"])
@options.with_app
def clear(target: Target) -> None:
    """remove all domains from an app"""
    with progress.action(f"Removing all domains from {output.app(target.app)}"):
        target.platform.domains.clear(target.app)


@command(
    "domains:info",
    arguments=_ARGUMENTS,
    examples=["domains:info www.example.com", "domains:info www.example.com --json"],
)
@_hostname
@options.as_json
@options.with_app
def info(target: Target, hostname: str, *, as_json: bool) -> None:
    """show detailed information for a domain of an app"""
    domain = target.platform.domains.info(target.app, hostname)
    if as_json:
        output.document(domain)
        return
    certificate = domain.certificate
    output.heading(domain.hostname)
    output.pairs(
        {
            "App": target.app,
            "URL": domain.url,
            "DNS Target": domain.cname,
            "Status": domain.status,
            "Certificate": certificate.name if certificate else None,
            "Certificate Status": certificate.status if certificate else None,
            "Reason": certificate.failure if certificate else None,
            "Validation Record": _record(domain),
            "Created At": output.moment(domain.created_at),
        }
    )


@command(
    "domains:wait",
    arguments={"HOSTNAME": "the domain; all of them if not given"},
    examples=["domains:wait", "domains:wait www.example.com"],
)
@click.argument("hostname", required=False, metavar="HOSTNAME")
@options.with_app
def wait(target: Target, hostname: str | None) -> None:
    """wait until a domain is served, with its certificate"""
    if hostname is None and not target.platform.domains.all(target.app):
        raise InvalidRequest(f"{target.app} has no domains.", "`herogate domains:add` adds one.")
    _waited(target, hostname)


def _waited(target: Target, hostname: str | None) -> None:
    title = f"Waiting for {hostname}" if hostname else f"Waiting for domains of {target.app}"
    left = f"What is waited for goes on. `herogate domains:wait -a {target.app}` waits again."
    with progress.action(title, left=left):
        target.platform.domains.wait(target.app, hostname)


def told(domain: Domain) -> None:
    """Print what is to be done for a domain that was added."""
    output.say(f"Configure your app's DNS provider to point to the DNS Target {domain.cname}.")
    for line in _records(domain):
        output.say(f"    {line}")
    output.say()
    output.say(f"The domain {domain.hostname} has been enqueued for addition")
    output.say(f"Run herogate domains:wait {domain.hostname} to wait for completion")
    if domain.certificate is None:
        output.warn(f"It is served at {domain.url}, without a certificate.")


def _records(domain: Domain) -> Sequence[str]:
    is_issued = domain.certificate is not None and domain.certificate.status.is_good
    validation = None if is_issued else _record(domain)
    return [f"{domain.hostname} CNAME {domain.cname}", *([validation] if validation else [])]


def _record(domain: Domain) -> str | None:
    record = domain.certificate.record if domain.certificate else None
    return None if record is None else f"{record.name} {record.type} {record.value}"
