"""Custom domains: hosts of somebody's own under which an app is reached, and their certificates.

Whose a domain is stands in the ledger of the space, so that it is one app's alone. In a space with a
domain, the app's rules answer to it on the shared HTTPS listener, which presents the certificate that it
is given or, as soon as it is issued, that which ACM is asked for. In a space without one an app has a
port of its own, which answers to every host already, without TLS.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from urllib.parse import urlsplit

from herogate.aws.dynamodb import Item, Table
from herogate.aws.session import Session
from herogate.engine.app_rules import AppRules
from herogate.engine.clock import Now, Sleep, delays, utc_now
from herogate.engine.domain_certificates import DomainCertificates
from herogate.engine.domain_ledger import DomainLedger, taken
from herogate.engine.domain_names import checked
from herogate.engine.lease import Lease, holding
from herogate.engine.site import Site, Sites
from herogate.errors import InvalidRequest, SpaceFull
from herogate.models import Certificate, Domain, DomainStatus

_DELAYS = partial(delays, 0.5, growth=1.5, longest=5.0)


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
        site, items = self._sites.consulted(app, lambda site: self._ledger(site).all())
        return self._told(site, items)

    def info(self, app: str, hostname: str) -> Domain:
        """One domain of an app. Raises `NotFound`."""
        name = checked(hostname)
        site, item = self._sites.consulted(app, lambda site: self._ledger(site).item(name))
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
        ledger = self._ledger(site)
        with ledger.turn() as lease:
            item, is_new = ledger.claim(name)
            if is_new:
                self._check_still_apart(site, item)
            is_known = False
            try:
                is_known = not self._answer(site, lease) and not is_new
                has_all = is_known and "certificate" in item
                whole = item if has_all else self._certified(site, item, arn, lease)
            except SpaceFull:
                if not is_known:
                    self._removed(site, [item], lease)
                raise
        if is_known and whole == item:
            raise taken(item)
        return self._told(site, [whole])[0]

    def update(self, app: str, hostname: str, *, certificate: str) -> Domain:
        """Serve a domain with another certificate that there is. Raises as `add` does."""
        name, site = checked(hostname), self._sites.of(app)
        arn, ledger = self._named(site, certificate, name), self._ledger(site)
        with ledger.turn() as lease:
            item = self._certified(site, ledger.item(name), arn, lease)
        return self._told(site, [item])[0]

    def remove(self, app: str, hostname: str) -> None:
        """Make a domain an app's no more. Raises `NotFound`."""
        name, site = checked(hostname), self._sites.of(app)
        ledger = self._ledger(site)
        with ledger.turn() as lease:
            self._removed(site, [ledger.item(name)], lease)

    def clear(self, app: str) -> None:
        """Remove all domains of an app."""
        site = self._sites.of(app)
        ledger = self._ledger(site)
        with ledger.turn() as lease:
            self._removed(site, ledger.all(), lease)

    def wait(self, app: str, hostname: str | None = None) -> list[Domain]:
        """Wait until a domain, or each, is served as it is to be, with its certificate if it has one.

        Raises:
            NotFound: no such domain.
            InvalidRequest: a certificate was refused; says why.
        """
        waits = _DELAYS()
        while True:
            self.refresh(app)
            found = self.all(app) if hostname is None else [self.info(app, hostname)]
            for domain in found:
                if domain.status is DomainStatus.FAILED:
                    raise _refused(domain)
            if all(domain.status is DomainStatus.SUCCEEDED for domain in found):
                return found
            self._sleep(next(waits))

    def refresh(self, app: str) -> None:
        """Have every certificate presented that was issued since."""
        site = self._sites.of(app)
        if site.host is None:
            return
        ledger = self._ledger(site)
        with ledger.turn():
            self._certificates.present(site, ledger.all())

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
        table, ledger = self._table(site), self._ledger(site)
        with ledger.turn() as lease:
            sleep = holding(lease, self._sleep)
            self._certificates.automate(site, table, on=on)
            if not on:
                self._certificates.automatic_removed(site, table, ledger.all(), sleep=sleep)
                return
            for item in ledger.all():
                self._certificates.requested(site, table, item, sleep=sleep)

    def _named(self, site: Site, certificate: str | None, hostname: str) -> str | None:
        """The ARN of the certificate that a domain is to have, if one is asked for."""
        if certificate is None:
            return None
        _check_secure(site)
        return self._certificates.named(site, self._table(site), certificate, hostname)

    def _certified(self, site: Site, item: Item, arn: str | None, lease: Lease) -> Item:
        table, sleep = self._table(site), holding(lease, self._sleep)
        if arn is not None:
            return self._certificates.given(site, table, item, arn, sleep=sleep)
        if site.host is not None and self._certificates.are_automatic(site, table):
            return self._certificates.requested(site, table, item, sleep=sleep)
        return item

    def _check_apart(self, site: Site, name: str) -> None:
        """Refuse a domain for which a load balancer could not tell whose a request is."""
        if site.host is None:
            return
        if name.partition(".")[2] == site.host.partition(".")[2]:
            raise InvalidRequest(
                f"{name} is among the hosts that space {site.space} gives to apps."
            )
        self._ledger(site).check_apart(name)

    def _check_still_apart(self, site: Site, item: Item) -> None:
        """Forget a domain for which another app was faster with one that stands for the same hosts."""
        try:
            self._check_apart(site, item["sk"])
        except InvalidRequest:
            self._ledger(site).forget(item)
            raise

    def _removed(self, site: Site, items: Sequence[Item], lease: Lease) -> None:
        ledger = self._ledger(site)
        for item in items if site.host is None else self._unserved(site, items, lease):
            ledger.forget(item)

    def _unserved(self, site: Site, items: Sequence[Item], lease: Lease) -> list[Item]:
        """Domains that are served no more."""
        table, ledger = self._table(site), self._ledger(site)
        leaving = [ledger.leave(item) for item in items]
        self._answer(site, lease)
        sleep = holding(lease, self._sleep)
        return self._certificates.removed(site, table, leaving, sleep=sleep)

    def _answer(self, site: Site, lease: Lease) -> bool:
        """Have the app's rules answer to its domains; whether they did not."""
        if site.host is None:
            return False
        return AppRules(self._session, site).answer_to(self._ledger(site).staying(), lease)

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

    def _ledger(self, site: Site) -> DomainLedger:
        return DomainLedger(self._table(site), site.app, sleep=self._sleep, now=self._now)


def _check_secure(site: Site) -> None:
    if site.host is None:
        raise InvalidRequest(
            f"{site.app} is in a space without a domain, which serves no HTTPS.",
            "`herogate spaces:create <name> --domain apps.example.com` makes one that does.",
        )


def _refused(domain: Domain) -> InvalidRequest:
    reason = domain.certificate.failure if domain.certificate else None
    return InvalidRequest(
        f"ACM did not issue a certificate for {domain.hostname}: {reason or 'it says no more'}.",
        "`herogate certs:auto:refresh` asks for another.",
    )
