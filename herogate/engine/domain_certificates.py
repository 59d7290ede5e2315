"""Certificates of custom domains: asked for, presented by the listener once issued, taken back."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import TYPE_CHECKING

from herogate.aws.acm import Certificates
from herogate.aws.cloudformation import Stack
from herogate.aws.dynamodb import Item, Put, Remove, Table
from herogate.aws.elbv2 import LoadBalancing, listener_of
from herogate.aws.session import Session
from herogate.models import Certificate, CertificateStatus, DomainStatus
from stacks import names
from stacks.outputs import SpaceOutput as Output

if TYPE_CHECKING:
    from herogate.engine.site import Site

DOMAINS = "domains"
"""The ledger's partition of all domains of a space."""

_AUTOMATIC = "certificates"
_TOKEN_CHARACTERS = 32  # that ACM takes


class DomainCertificates:
    """The certificates of the domains of a region's apps; a domain is the ledger's item of it."""

    def __init__(self, session: Session) -> None:
        self._certificates = Certificates(session)
        self._load_balancing = LoadBalancing(session)

    def are_automatic(self, site: Site, table: Table) -> bool:
        """Whether new domains get one; they do until somebody has said that they are not to."""
        item = table.item(names.ledger_partition(site.app), _AUTOMATIC)
        return item is None or bool(item["automatic"])

    def automate(self, site: Site, table: Table, *, on: bool) -> None:
        """Say whether new domains get one."""
        item = {
            "pk": names.ledger_partition(site.app),
            "sk": _AUTOMATIC,
            "automatic": on,
        }
        if not table.write([Put(item=item)]):
            table.write([Put(item=item, over={"automatic": not on})])

    def requested(self, site: Site, table: Table, item: Item) -> Item:
        """A domain whose certificate was asked for; again if that which it had failed."""
        before = self._certificates.describe(item["certificate"]) if "certificate" in item else None
        if before is not None and (before.status.is_good or not before.status.is_settled):
            return item
        arn = self._certificates.request(
            item["sk"],
            token=_token(site, item),
            tags={names.APP_TAG: site.app, names.SPACE_TAG: site.space},
        )
        return self._with(table, item, arn)

    def removed(self, site: Site, table: Table, item: Item) -> Item:
        """A domain without certificate; the one it had is presented no more, and is deleted."""
        if "certificate" not in item:
            return item
        self.discard(item["certificate"], [listener_of(site.page_rule_arn)])
        return self._with(table, item, None)

    def discard(self, arn: str, listener_arns: Iterable[str]) -> None:
        """Delete a certificate that one of these listeners may present."""
        for listener_arn in listener_arns:
            if arn in self._load_balancing.certificates(listener_arn):
                self._load_balancing.withdraw(listener_arn, arn)
        self._certificates.delete(arn)

    def present(self, site: Site, items: Iterable[Item]) -> None:
        """Have the listener present every certificate that is issued."""
        listener_arn = listener_of(site.page_rule_arn)
        presented = self._load_balancing.certificates(listener_arn)
        for item in items:
            arn = item.get("certificate")
            if arn is None or arn in presented:
                continue
            found = self._certificates.describe(arn)
            if found is not None and found.status.is_good:
                self._load_balancing.present(listener_arn, arn)

    def told(self, site: Site, item: Item) -> tuple[Certificate | None, DomainStatus]:
        """The certificate of a domain, and how the domain stands with it."""
        arn = item.get("certificate")
        if arn is None:
            return None, DomainStatus.SUCCEEDED
        found = self._certificates.describe(arn)
        if found is None:
            return None, DomainStatus.FAILED
        return found, self._status(site, found, arn)

    def _status(self, site: Site, found: Certificate, arn: str) -> DomainStatus:
        if found.status is CertificateStatus.PENDING:
            return DomainStatus.PENDING
        if not found.status.is_good:
            return DomainStatus.FAILED
        is_presented = arn in self._load_balancing.certificates(listener_of(site.page_rule_arn))
        return DomainStatus.SUCCEEDED if is_presented else DomainStatus.PENDING

    def _with(self, table: Table, item: Item, arn: str | None) -> Item:
        changed = {key: value for key, value in item.items() if key != "certificate"}
        if arn is not None:
            changed["certificate"] = arn
        elif "certificate" in item:
            changed["former_certificate"] = item["certificate"]
        table.write([Put(item=changed, over={"app": item["app"]})])
        return changed


def forget(session: Session, space: Stack, app: str) -> int:
    """Remove what an app had of domains, when its rules go by themselves; how many there were."""
    table = Table(session, space.outputs[Output.LEDGER_TABLE])
    listener_arns = [arn for arn in space.outputs.get(Output.LISTENER_ARNS, "").split(",") if arn]
    certificates = DomainCertificates(session)
    items = [item for item in table.partition(DOMAINS) if item["app"] == app]
    for item in items:
        if "certificate" in item:
            certificates.discard(item["certificate"], listener_arns)
        table.write([Remove(pk=DOMAINS, sk=item["sk"], where={"app": app})])
    return len(items)


def _token(site: Site, item: Item) -> str:
    """The same for the same asking, and another after each certificate that there was before."""
    before = item.get("certificate") or item.get("former_certificate") or ""
    asked = f"{site.app} {item['sk']} {before}"
    return hashlib.sha256(asked.encode()).hexdigest()[:_TOKEN_CHARACTERS]
