"""Custom domains: hosts of somebody's own under which an app is reached, and their certificates.

Whose a domain is stands in the ledger of the space, so that it is one app's alone. In a space with a
domain, the app's rules answer to it on the shared HTTPS listener, and ACM is asked for a certificate,
which the listener presents as soon as it is issued. In a space without one an app has a port of its own,
which answers to every host already, without TLS.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlsplit

from herogate.aws.dynamodb import Item, Put, Remove, Table
from herogate.aws.elbv2 import LoadBalancing
from herogate.aws.session import Session
from herogate.engine.clock import Now, Sleep, utc_now
from herogate.engine.domain_certificates import DOMAINS, DomainCertificates
from herogate.engine.site import Site, Sites
from herogate.errors import InvalidRequest, NameTaken, NotFound
from herogate.models import Certificate, Domain, DomainStatus

HOST_LIMIT = 5
"""Hosts that a load balancer's rule can be for: the app's own, and so many less one of somebody's."""

_HOSTNAME = re.compile(
    r"(?:\*\.)?(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?"
)
_HOSTNAME_CHARACTERS = 128  # that a load balancer's rule takes
_INTERVAL_SECONDS = 5.0


def checked(hostname: str) -> str:
    """A domain in lower case. Raises `InvalidRequest` for what is none."""
    name = hostname.lower().rstrip(".")
    if not _HOSTNAME.fullmatch(name) or len(name) > _HOSTNAME_CHARACTERS:
        raise InvalidRequest(
            f"{hostname} is no domain.",
            "A domain is like www.example.com or *.example.com, with at most "
            f"{_HOSTNAME_CHARACTERS} characters.",
        )
    return name


class Domains:
    """The custom domains of the apps of a region."""

    def __init__(
        self,
        session: Session,
        sites: Sites,
        *,
        sleep: Sleep,
        now: Now = utc_now,
    ) -> None:
        self._session = session
        self._sites = sites
        self._load_balancing = LoadBalancing(session)
        self._certificates = DomainCertificates(session)
        self._sleep = sleep
        self._now = now

    def all(self, app: str) -> list[Domain]:
        """An app's domains, by name."""
        site, items = self._sites.consulted(app, self._items)
        return [self._told(site, item) for item in items]

    def info(self, app: str, hostname: str) -> Domain:
        """One domain of an app. Raises `NotFound`."""
        name = checked(hostname)
        site, item = self._sites.consulted(app, lambda site: self._item(site, name))
        return self._told(site, item)

    def add(self, app: str, hostname: str) -> Domain:
        """Make a domain an app's. What was begun and cut short is brought to its end.

        Raises:
            InvalidRequest: it is no domain, or the app has as many as a load balancer's rule takes.
            NameTaken: it is an app's already.
        """
        name, site = checked(hostname), self._sites.of(app)
        hosts = self._load_balancing.hosts(site.page_rule_arn)
        if hosts is not None and name not in hosts and len(hosts) >= HOST_LIMIT:
            raise InvalidRequest(
                f"{app} has {len(hosts) - 1} domains; a rule of a load balancer takes no more.",
                "`*.example.com` is one that stands for many.",
            )
        item = self._claimed(site, name, is_served=hosts is None or name in hosts)
        if hosts is not None and name not in hosts:
            self._answer(site, [*hosts, name])
        if hosts is not None and self._certificates.are_automatic(site, self._table(site)):
            item = self._certificates.requested(site, self._table(site), item)
        return self._told(site, item)

    def remove(self, app: str, hostname: str) -> None:
        """Make a domain an app's no more. Raises `NotFound`."""
        site = self._sites.of(app)
        self._removed(site, self._item(site, checked(hostname)))

    def clear(self, app: str) -> None:
        """Remove all domains of an app."""
        site = self._sites.of(app)
        for item in self._items(site):
            self._removed(site, item)

    def wait(self, app: str, hostname: str | None = None) -> list[Domain]:
        """Wait until a domain, or each, is served as it is to be, with its certificate if it has one.

        Raises:
            NotFound: no such domain.
            InvalidRequest: a certificate was refused; says why.
        """
        while True:
            self.refresh(app)
            found = self.all(app) if hostname is None else [self.info(app, hostname)]
            for domain in found:
                if domain.status is DomainStatus.FAILED:
                    raise _refused(domain)
            if all(domain.status is DomainStatus.SUCCEEDED for domain in found):
                return found
            self._sleep(_INTERVAL_SECONDS)

    def refresh(self, app: str) -> None:
        """Have every certificate presented that was issued since."""
        site = self._sites.of(app)
        if self._load_balancing.hosts(site.page_rule_arn) is None:
            return
        self._certificates.present(site, self._items(site))

    def certificates(self, app: str) -> list[Certificate]:
        """The certificates of an app's domains."""
        return [domain.certificate for domain in self.all(app) if domain.certificate is not None]

    def are_automatic(self, app: str) -> bool:
        """Whether domains get certificates of ACM by themselves."""
        site = self._sites.of(app)
        shared = self._load_balancing.hosts(site.page_rule_arn) is not None
        return shared and self._certificates.are_automatic(site, self._table(site))

    def automate(self, app: str, *, on: bool) -> None:
        """Let domains get certificates by themselves, those that there are too; or have them have none.

        Raises `InvalidRequest` in a space that serves no HTTPS.
        """
        site = self._sites.of(app)
        if self._load_balancing.hosts(site.page_rule_arn) is None:
            raise InvalidRequest(
                f"{app} is in a space without a domain, which serves no HTTPS.",
                "`herogate spaces:create <name> --domain apps.example.com` makes one that does.",
            )
        table = self._table(site)
        self._certificates.automate(site, table, on=on)
        for item in self._items(site):
            if on:
                self._certificates.requested(site, table, item)
            else:
                self._certificates.removed(site, table, item)

    def _claimed(self, site: Site, name: str, *, is_served: bool) -> Item:
        """The ledger's item of a domain that is the app's from now on."""
        item = {
            "pk": DOMAINS,
            "sk": name,
            "app": site.app,
            "created_at": self._now().isoformat(timespec="seconds"),
        }
        if self._table(site).write([Put(item=item)]):
            return item
        holder = self._table(site).item(DOMAINS, name) or item
        if holder["app"] != site.app or is_served:
            raise NameTaken(name, f"It is a domain of {holder['app']}.")
        return holder

    def _removed(self, site: Site, item: Item) -> None:
        hosts = self._load_balancing.hosts(site.page_rule_arn)
        if hosts is not None and item["sk"] in hosts:
            self._answer(site, [host for host in hosts if host != item["sk"]])
        self._certificates.removed(site, self._table(site), item)
        self._table(site).write([Remove(pk=DOMAINS, sk=item["sk"], where={"app": site.app})])

    def _answer(self, site: Site, hosts: Sequence[str]) -> None:
        self._load_balancing.answer_to(site.page_rule_arn, site.target_group_arn, hosts)

    def _items(self, site: Site) -> list[Item]:
        return [item for item in self._table(site).partition(DOMAINS) if item["app"] == site.app]

    def _item(self, site: Site, name: str) -> Item:
        item = self._table(site).item(DOMAINS, name)
        if item is None or item["app"] != site.app:
            raise NotFound(
                "Couldn't find that domain name.",
                f"{site.app} has no domain {name}. `herogate domains -a {site.app}` lists them.",
            )
        return item

    def _told(self, site: Site, item: Item) -> Domain:
        certificate, status = self._certificates.told(site, item)
        address = urlsplit(site.web_url)
        port = "" if address.port is None else f":{address.port}"
        return Domain(
            hostname=item["sk"],
            url=f"{address.scheme}://{item['sk']}{port}",
            cname=address.hostname or "",
            status=status,
            created_at=datetime.fromisoformat(item["created_at"]),
            certificate=certificate,
        )

    def _table(self, site: Site) -> Table:
        return self._sites.table(site)


def _refused(domain: Domain) -> InvalidRequest:
    reason = domain.certificate.failure if domain.certificate else None
    return InvalidRequest(
        f"ACM did not issue a certificate for {domain.hostname}: {reason or 'it says no more'}.",
        "`herogate certs:auto:refresh` asks for another.",
    )
