"""Certificates of custom domains: asked for, presented by the listener once issued, taken back.

One that somebody brought, which Herogate did not ask for, is presented and never deleted.

ACM is late: for some seconds it knows nothing of a certificate that it was just asked for (says the
reference of RequestCertificate), and it takes one to be in use that a listener presents no more, for ten
seconds or for minutes (aws/aws-cdk#4179, hashicorp/terraform-provider-aws#3866). Both are waited for.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from herogate.aws.acm import Certificates, arn_beside
from herogate.aws.at_once import at_once
from herogate.aws.cloudformation import Stack
from herogate.aws.dynamodb import Item, Put, Table
from herogate.aws.elbv2 import LoadBalancing, listener_of
from herogate.aws.session import Session
from herogate.engine import following
from herogate.engine.addresses import Addresses
from herogate.engine.clock import Sleep
from herogate.engine.domain_ledger import DOMAINS, DomainLedger
from herogate.engine.echoes import looked_for
from herogate.engine.work import Steps, outcome
from herogate.errors import InvalidRequest, NotFound
from herogate.models import Certificate, DomainStatus
from stacks import names
from stacks.outputs import SpaceOutput

if TYPE_CHECKING:
    from herogate.engine.site import Site

_AUTOMATIC = "certificates"
_BROUGHT = "brought"
_TOKEN_CHARACTERS = 32  # that ACM takes
_NAME = re.compile(r"(?:arn:[\w-]+:acm:[\w-]+:\d{12}:certificate/)?[\w-]+")


class DomainCertificates:
    """The certificates of the domains of a region's apps; a domain is the ledger's item of it.

    Where something takes a `sleep`, ACM may have to be waited for.
    """

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

    def named(self, site: Site, table: Table, name: str, hostname: str) -> str:
        """The ARN of the certificate, by its name or ARN, that somebody wants a domain to have.

        Raises:
            NotFound: there is none.
            InvalidRequest: it is not issued, not for this domain, or Herogate's for another app's.
        """
        arn = name if ":" in name else arn_beside(name, site.page_rule_arn)
        found = self._certificates.describe(arn) if _NAME.fullmatch(name) else None
        if found is None:
            raise NotFound(
                "Couldn't find that certificate.",
                f"ACM has no {name} where {site.app} is. `herogate certs -a {site.app}` lists those of "
                "its domains; any other is named by its id or ARN.",
            )
        if not found.status.is_good:
            raise InvalidRequest(f"The certificate {found.name} is {found.status}.")
        if not found.covers(hostname):
            hosts = ", ".join(found.hostnames)
            raise InvalidRequest(
                f"The certificate {found.name} is for {hosts}, not for {hostname}."
            )
        for each in _users(table, arn):
            if each["app"] != site.app and not each.get(_BROUGHT):
                raise InvalidRequest(
                    f"The certificate {found.name} is of {each['sk']}, a domain of {each['app']}, and "
                    "goes with it."
                )
        return arn

    def given(self, site: Site, table: Table, item: Item, arn: str, *, sleep: Sleep) -> Item:
        """A domain that is served with a certificate which there is already; the one it had goes.

        Raises:
            SpaceFull: the load balancer presents as many as it may.
            DestructionFailed: ACM keeps the one that it had.
        """
        listener_arn = listener_of(site.page_rule_arn)
        self._load_balancing.present(listener_arn, arn)
        if arn == item.get("certificate"):
            return item
        brought = all(each.get(_BROUGHT) for each in _users(table, arn))
        changed = self._with(table, item, arn, brought=brought)
        outcome(self.let_go(table, [item], [listener_arn], sleep=sleep))
        return changed

    def requested(self, site: Site, table: Table, item: Item, *, sleep: Sleep) -> Item:
        """A domain whose certificate was asked for; again if that which it had failed."""
        if item.get(_BROUGHT):
            return item
        before = self._certificates.describe(item["certificate"]) if "certificate" in item else None
        if before is not None and (before.status.is_good or not before.status.is_settled):
            return item
        arn = self._certificates.request(
            item["sk"],
            token=_token(site, item),
            tags={names.APP_TAG: site.app, names.SPACE_TAG: site.space},
        )
        changed = self._with(table, item, arn)
        looked_for(lambda: self._known(arn), sleep)
        return changed

    def automatic_removed(
        self, site: Site, table: Table, items: Iterable[Item], *, sleep: Sleep
    ) -> None:
        """Take the certificates of domains away, but for those that somebody brought."""
        self.removed(site, table, [item for item in items if not item.get(_BROUGHT)], sleep=sleep)

    def removed(
        self, site: Site, table: Table, items: Sequence[Item], *, sleep: Sleep
    ) -> list[Item]:
        """Domains without certificates; those they had are presented no more, and go if they are ours.

        Raises `DestructionFailed` if ACM keeps one.
        """
        outcome(self.let_go(table, items, [listener_of(site.page_rule_arn)], sleep=sleep))
        return [self._with(table, item, None) if "certificate" in item else item for item in items]

    def withdraw(
        self, table: Table, items: Iterable[Item], listener_arns: Iterable[str]
    ) -> list[Item]:
        """Have these listeners present certificates of domains no more; the domains they were of.

        A certificate that another domain has too stays as it is.
        """
        served = {item["sk"]: item for item in items if "certificate" in item}
        if not served:
            return []
        domains = table.partition(DOMAINS)
        others = {each.get("certificate") for each in domains if each["sk"] not in served}
        going = [item for item in served.values() if item["certificate"] not in others]
        for listener_arn in listener_arns if going else ():
            presented = self._load_balancing.certificates(listener_arn)
            for arn in sorted({item["certificate"] for item in going} & set(presented)):
                self._load_balancing.withdraw(listener_arn, arn)
        return going

    def let_go(
        self, table: Table, items: Iterable[Item], listener_arns: Iterable[str], *, sleep: Sleep
    ) -> Steps[None]:
        """Do away with certificates of domains that these listeners may present, as `withdraw` does.

        Raises `DestructionFailed` if ACM keeps one.
        """
        going = self.withdraw(table, items, listener_arns)
        arns = {item["certificate"] for item in going if not item.get(_BROUGHT)}

        def kept() -> list[str]:
            arns.difference_update([arn for arn in arns if self._certificates.delete(arn)])
            return sorted(arn.rpartition("/")[2] for arn in arns)

        yield from following.vanishing("the certificates in ACM", kept, sleep)

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

    def told(
        self, site: Site, items: Sequence[Item]
    ) -> list[tuple[Certificate | None, DomainStatus]]:
        """The certificate of each of some domains, and how the domain stands with it."""
        arns = sorted({item["certificate"] for item in items if "certificate" in item})
        described = at_once([partial(self._certificates.describe, arn) for arn in arns])
        found = dict(zip(arns, described, strict=True))
        is_any_good = any(each is not None and each.status.is_good for each in described)
        listener_arn = listener_of(site.page_rule_arn)
        presented = self._load_balancing.certificates(listener_arn) if is_any_good else ()
        return [
            (found.get(arn), _status(found.get(arn), is_presented=arn in presented))
            if (arn := item.get("certificate")) is not None
            else (None, DomainStatus.SUCCEEDED)
            for item in items
        ]

    def _known(self, arn: str) -> Certificate | None:
        """A certificate, as soon as ACM tells what is to stand in the DNS for it, or has settled it."""
        found = self._certificates.describe(arn)
        is_known = found is not None and (found.record is not None or found.status.is_settled)
        return found if is_known else None

    def _with(self, table: Table, item: Item, arn: str | None, *, brought: bool = False) -> Item:
        changed = {
            key: value for key, value in item.items() if key not in ("certificate", _BROUGHT)
        }
        if arn is not None:
            changed |= {"certificate": arn, _BROUGHT: brought}
        elif "certificate" in item:
            changed["former_certificate"] = item["certificate"]
        table.write([Put(item=changed, over={"app": item["app"]})])
        return changed


def _status(found: Certificate | None, *, is_presented: bool) -> DomainStatus:
    """How a domain stands with the certificate that it is to have."""
    if found is None or (found.status.is_settled and not found.status.is_good):
        return DomainStatus.FAILED
    return DomainStatus.SUCCEEDED if is_presented else DomainStatus.PENDING


def withdraw(session: Session, space: Stack, app: str) -> None:
    """Have nobody present the certificates of an app's domains any more."""
    table, listener_arns = _table(session, space), Addresses(space).listener_arns
    DomainCertificates(session).withdraw(table, DomainLedger(table, app).all(), listener_arns)


def forget(session: Session, space: Stack, app: str, *, sleep: Sleep) -> Steps[int]:
    """Remove what an app had of domains, when its rules go by themselves; how many there were.

    Raises `DestructionFailed` if ACM keeps a certificate.
    """
    table, listener_arns = _table(session, space), Addresses(space).listener_arns
    ledger = DomainLedger(table, app)
    items = ledger.all()
    yield from DomainCertificates(session).let_go(table, items, listener_arns, sleep=sleep)
    for item in items:
        ledger.forget(item)
    return len(items)


def _table(session: Session, space: Stack) -> Table:
    return Table(session, space.outputs[SpaceOutput.LEDGER_TABLE])


def _users(table: Table, arn: str) -> list[Item]:
    """The domains that have a certificate."""
    return [item for item in table.partition(DOMAINS) if item.get("certificate") == arn]


def _token(site: Site, item: Item) -> str:
    """The same for the same asking; another after each certificate, and when a domain is added anew.

    ACM may tell of a certificate that was deleted again if it is asked with its token.
    """
    before = item.get("certificate") or item.get("former_certificate") or ""
    asked = f"{site.app} {item['sk']} {item['created_at']} {before}"
    return hashlib.sha256(asked.encode()).hexdigest()[:_TOKEN_CHARACTERS]
