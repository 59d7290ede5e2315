"""Custom domains: hosts of somebody's own under which an app is reached, and their certificates.

Whose a domain is stands in the ledger of the space, so that it is one app's alone. In a space with a
domain, the app's rules answer to it on the shared HTTPS listener, which presents the certificate that it
is given or, as soon as it is issued, that which ACM is asked for. In a space without one an app has a
port of its own, which answers to every host already, without TLS.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlsplit

from herogate.aws.dynamodb import Item, Put, Remove, Table
from herogate.aws.session import Session
from herogate.engine.app_rules import AppRules
from herogate.engine.clock import Now, Sleep, utc_now
from herogate.engine.domain_certificates import DOMAINS, DomainCertificates
from herogate.engine.site import Site, Sites
from herogate.errors import InvalidRequest, NameTaken, NotFound, SpaceFull
from herogate.models import Certificate, Domain, DomainStatus

_HOSTNAME = re.compile(
    r"(?:\*\.)?(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?"
)
_HOSTNAME_CHARACTERS = 128  # that a load balancer's rule takes
_INTERVAL_SECONDS = 5.0
_LEAVING = "leaving"


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
        self._certificates = DomainCertificates(session)
        self._sleep = sleep
        self._now = now

    def all(self, app: str) -> list[Domain]:
        """An app's domains, by name."""
        site, items = self._sites.consulted(app, self._items)
        return self._told(site, items)

    def info(self, app: str, hostname: str) -> Domain:
        """One domain of an app. Raises `NotFound`."""
        name = checked(hostname)
        site, item = self._sites.consulted(app, lambda site: self._item(site, name))
        return self._told(site, [item])[0]

    def add(self, app: str, hostname: str, *, certificate: str | None = None) -> Domain:
        """Make a domain an app's. What was begun and cut short is brought to its end.

        Args:
            certificate: name or ARN of one that there is; None to have ACM issue one.

        Raises:
            InvalidRequest: it is no domain, or cannot have that certificate.
            NameTaken: it is an app's already, or lies within another app's, or around it.
            NotFound: no such certificate.
            SpaceFull: the load balancer has no room for it.
        """
        name, site = checked(hostname), self._sites.of(app)
        arn = self._named(site, certificate, name)
        self._check_apart(site, name)
        item, is_new = self._claimed(site, name)
        try:
            if not self._answer(site) and not is_new:
                raise _taken(item)
            return self._told(site, [self._certified(site, item, arn)])[0]
        except SpaceFull:
            self._removed(site, [item])
            raise

    def update(self, app: str, hostname: str, *, certificate: str) -> Domain:
        """Serve a domain with another certificate that there is. Raises as `add` does."""
        site = self._sites.of(app)
        item = self._item(site, checked(hostname))
        arn = self._named(site, certificate, item["sk"])
        return self._told(site, [self._certified(site, item, arn)])[0]

    def remove(self, app: str, hostname: str) -> None:
        """Make a domain an app's no more. Raises `NotFound`."""
        site = self._sites.of(app)
        self._removed(site, [self._item(site, checked(hostname))])

    def clear(self, app: str) -> None:
        """Remove all domains of an app."""
        site = self._sites.of(app)
        self._removed(site, self._items(site))

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
        if site.host is not None:
            self._certificates.present(site, self._items(site))

    def certificates(self, app: str) -> list[Certificate]:
        """The certificates of an app's domains, each once."""
        found = [domain.certificate for domain in self.all(app) if domain.certificate is not None]
        return list({certificate.name: certificate for certificate in found}.values())

    def are_automatic(self, app: str) -> bool:
        """Whether domains get certificates of ACM by themselves."""
        site = self._sites.of(app)
        return site.host is not None and self._certificates.are_automatic(site, self._table(site))

    def automate(self, app: str, *, on: bool) -> None:
        """Let domains get certificates by themselves, those that there are too; or have them have none.

        A certificate that somebody brought stays.

        Raises `InvalidRequest` in a space that serves no HTTPS.
        """
        site = self._sites.of(app)
        _check_secure(site)
        table = self._table(site)
        self._certificates.automate(site, table, on=on)
        for item in self._items(site):
            if on:
                self._certificates.requested(site, table, item)
            else:
                self._certificates.automatic_removed(site, table, item)

    def _named(self, site: Site, certificate: str | None, hostname: str) -> str | None:
        """The ARN of the certificate that a domain is to have, if one is asked for."""
        if certificate is None:
            return None
        _check_secure(site)
        return self._certificates.named(site, self._table(site), certificate, hostname)

    def _certified(self, site: Site, item: Item, arn: str | None) -> Item:
        table = self._table(site)
        if arn is not None:
            return self._certificates.given(site, table, item, arn)
        if site.host is not None and self._certificates.are_automatic(site, table):
            return self._certificates.requested(site, table, item)
        return item

    def _check_apart(self, site: Site, name: str) -> None:
        """Refuse a domain for which a load balancer could not tell whose a request is."""
        if site.host is None:
            return
        if name.partition(".")[2] == site.host.partition(".")[2]:
            raise InvalidRequest(
                f"{name} is among the hosts that space {site.space} gives to apps."
            )
        for item in self._table(site).partition(DOMAINS):
            if item["app"] != site.app and _overlap(name, item["sk"]):
                raise InvalidRequest(
                    f"{name} and {item['sk']}, a domain of {item['app']}, stand for the same hosts.",
                    "Of two domains with a wildcard, none may lie within the other.",
                )

    def _claimed(self, site: Site, name: str) -> tuple[Item, bool]:
        """The ledger's item of a domain that is the app's from now on; whether it was not before."""
        item = {
            "pk": DOMAINS,
            "sk": name,
            "app": site.app,
            "created_at": self._now().isoformat(timespec="seconds"),
        }
        table = self._table(site)
        if table.write([Put(item=item)]):
            return item, True
        holder = table.item(DOMAINS, name) or item
        if holder["app"] != site.app:
            raise _taken(holder)
        if _LEAVING in holder:
            holder = {key: value for key, value in holder.items() if key != _LEAVING}
            table.write([Put(item=holder, over={"app": site.app})])
        return holder, False

    def _removed(self, site: Site, items: Sequence[Item]) -> None:
        for item in items if site.host is None else self._unserved(site, items):
            self._forget(site, item)

    def _unserved(self, site: Site, items: Sequence[Item]) -> list[Item]:
        """Domains that are served no more. One that is leaving is listed until all of it is gone."""
        table = self._table(site)
        leaving = [{**item, _LEAVING: True} for item in items]
        for item in leaving:
            table.write([Put(item=item, over={"app": site.app})])
        self._answer(site)
        return [self._certificates.removed(site, table, item) for item in leaving]

    def _forget(self, site: Site, item: Item) -> None:
        self._table(site).write([Remove(pk=DOMAINS, sk=item["sk"], where={"app": site.app})])

    def _answer(self, site: Site) -> bool:
        """Have the app's rules answer to its domains; whether they did not."""
        return site.host is not None and AppRules(self._session, site).answer_to(
            lambda: [item["sk"] for item in self._items(site) if _LEAVING not in item]
        )

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

    def _told(self, site: Site, items: Sequence[Item]) -> list[Domain]:
        address = urlsplit(site.web_url)
        port = "" if address.port is None else f":{address.port}"
        return [
            Domain(
                hostname=item["sk"],
                url=f"{address.scheme}://{item['sk']}{port}",
                cname=address.hostname or "",
                status=status,
                created_at=datetime.fromisoformat(item["created_at"]),
                certificate=certificate,
            )
            for item, (certificate, status) in zip(
                items, self._certificates.told(site, items), strict=True
            )
        ]

    def _table(self, site: Site) -> Table:
        return self._sites.table(site)


def _overlap(one: str, other: str) -> bool:
    """Whether two domains with a wildcard stand for the same hosts, and are not the same."""
    are_many = one.startswith("*.") and other.startswith("*.") and one != other
    return are_many and (one.endswith(other[1:]) or other.endswith(one[1:]))


def _check_secure(site: Site) -> None:
    if site.host is None:
        raise InvalidRequest(
            f"{site.app} is in a space without a domain, which serves no HTTPS.",
            "`herogate spaces:create <name> --domain apps.example.com` makes one that does.",
        )


def _taken(item: Item) -> NameTaken:
    return NameTaken(item["sk"], f"It is a domain of {item['app']}.")


def _refused(domain: Domain) -> InvalidRequest:
    reason = domain.certificate.failure if domain.certificate else None
    return InvalidRequest(
        f"ACM did not issue a certificate for {domain.hostname}: {reason or 'it says no more'}.",
        "`herogate certs:auto:refresh` asks for another.",
    )
