"""Maintenance: a page in front of an app, whatever runs behind it.

The page rule is the only place that says whether it is on.
"""

from __future__ import annotations

from herogate.aws.at_once import both
from herogate.aws.elbv2 import Page
from herogate.aws.session import Session
from herogate.engine.app_rules import AppRules
from herogate.engine.process_types import WEB
from herogate.engine.release_ledger import ReleaseLedger
from herogate.engine.site import Site, Sites
from stacks.parts import pages


class Maintenance:
    """The maintenance of the apps of a region."""

    def __init__(self, session: Session, sites: Sites) -> None:
        self._session = session
        self._sites = sites

    def is_on(self, app: str) -> bool:
        """Whether the world sees the page instead of the app."""
        _, is_on = self._sites.consulted(app, lambda site: _is_on(self._rules(site)))
        return is_on

    def enable(self, app: str) -> None:
        """Show the page to the world. What runs goes on running, and releases go on."""
        page = Page(status=pages.MAINTENANCE_STATUS, body=pages.maintenance(app))
        self._rules(self._sites.of(app)).lead(page)

    def disable(self, app: str) -> None:
        """Let the world in again: to the app or, before a first release, to the page that says so."""
        site = self._sites.of(app)
        rules = self._rules(site)
        if not _is_on(rules):
            return
        if _has_web(self._sites.ledger_of(site)):
            rules.lead()
        else:
            rules.lead(Page(status=pages.NOTHING_HERE_STATUS, body=pages.nothing_here_yet(app)))

    def _rules(self, site: Site) -> AppRules:
        return AppRules(self._session, site)


def _is_on(rules: AppRules) -> bool:
    page = rules.page()
    return page is not None and page.status == pages.MAINTENANCE_STATUS


def _has_web(ledger: ReleaseLedger) -> bool:
    """Whether there are web processes, or may be at any moment: then nobody opens the door later."""
    current, newest = both(ledger.current, ledger.newest)
    if current is not None and WEB in current.release.formation:
        return True
    is_coming = newest is not None and not newest.release.status.is_settled
    return is_coming and WEB in ledger.births()
