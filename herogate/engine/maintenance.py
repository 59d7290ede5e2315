"""Maintenance: a page in front of an app, whatever runs behind it.

The page rule is the only place that says whether it is on.
"""

from __future__ import annotations

from herogate.aws.at_once import both
from herogate.aws.elbv2 import LoadBalancing, Page
from herogate.aws.session import Session
from herogate.engine.process_types import WEB
from herogate.engine.release_ledger import ReleaseLedger
from herogate.engine.site import Sites
from stacks.parts import pages


class Maintenance:
    """The maintenance of the apps of a region."""

    def __init__(self, session: Session, sites: Sites) -> None:
        self._load_balancing = LoadBalancing(session)
        self._sites = sites

    def is_on(self, app: str) -> bool:
        """Whether the world sees the page instead of the app."""
        _, page = self._sites.consulted(
            app, lambda site: self._load_balancing.page(site.page_rule_arn)
        )
        return page is not None and page.status == pages.MAINTENANCE_STATUS

    def enable(self, app: str) -> None:
        """Show the page to the world. What runs goes on running, and releases go on."""
        page = Page(status=pages.MAINTENANCE_STATUS, body=pages.maintenance(app))
        self._load_balancing.close(self._sites.of(app).page_rule_arn, page)

    def disable(self, app: str) -> None:
        """Let the world in again: to the app or, before a first release, to the page that says so."""
        if not self.is_on(app):
            return
        site = self._sites.of(app)
        if _has_web(self._sites.ledger_of(site)):
            self._load_balancing.open(site.page_rule_arn, site.target_group_arn)
        else:
            page = Page(status=pages.NOTHING_HERE_STATUS, body=pages.nothing_here_yet(app))
            self._load_balancing.close(site.page_rule_arn, page)


def _has_web(ledger: ReleaseLedger) -> bool:
    """Whether there are web processes, or may be at any moment: then nobody opens the door later."""
    current, newest = both(ledger.current, ledger.newest)
    if current is not None and WEB in current.release.formation:
        return True
    is_coming = newest is not None and not newest.release.status.is_settled
    return is_coming and WEB in ledger.births()
