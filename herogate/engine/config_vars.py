"""Config vars: shown, set and unset. Each value ever set is a parameter of its own that never changes.

A release says which parameter holds the value of which config var; a value itself stands in parameters
and in the environment of processes, nowhere else.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from functools import partial

from herogate.aws.session import Session
from herogate.aws.ssm import Parameters
from herogate.aws.sts import identity
from herogate.engine import config_rules, release_changes
from herogate.engine.release_changes import Draft
from herogate.engine.rollouts import Rollouts
from herogate.engine.site import Site, Sites
from herogate.errors import InvalidRequest
from herogate.models import Release
from stacks import names

_TOKEN_BYTES = 8


class ConfigVars:
    """The config vars of the apps of a region."""

    def __init__(self, session: Session, sites: Sites, rollouts: Rollouts) -> None:
        self._session = session
        self._sites = sites
        self._rollouts = rollouts
        self._parameters = Parameters(session)

    def all(self, app: str) -> dict[str, str]:
        """The config vars as they were set last, by name, whether or not that is live already."""
        declared = self._sites.ledger_of(self._sites.of(app)).base()
        held = {} if declared is None else declared.config
        values = self._parameters.values([name for name in held.values() if name])
        return {key: values.get(held[key], "") for key in sorted(held)}

    def update(self, app: str, changes: Mapping[str, str | None]) -> Release:
        """Set config vars, and unset those given None; processes begin to be replaced.

        Returns:
            the release that has them, declared and begun, its end not waited for; the one that has them
            already if nothing was to be unset.

        Raises:
            InvalidRequest: a name or value breaks its rule, or nothing was ever set or released.
            ReleaseFailed: AWS would not take the release.
        """
        config_rules.check(changes)
        site = self._sites.of(app)
        base = self._sites.ledger_of(site).base()
        if not _changes(base, changes):
            return _release(app, base)
        written = self._written(site, changes)
        try:
            release = self._rollouts.declare(
                app, partial(_configured, changes=written, user=identity(self._session).name)
            )
        except BaseException:
            self._parameters.delete([name for name in written.values() if name])
            raise
        return self._rollouts.begin(app, release.number)

    def _written(self, site: Site, changes: Mapping[str, str | None]) -> dict[str, str | None]:
        """The parameter of each value, written; none for the empty one, which SSM does not take."""
        tags = {names.APP_TAG: site.app, names.SPACE_TAG: site.space}
        written: dict[str, str | None] = {}
        for key, value in changes.items():
            written[key] = value
            if value:
                name = names.config_parameter(site.app, key, secrets.token_hex(_TOKEN_BYTES))
                self._parameters.write(name, value, tags=tags)
                written[key] = name
        return written


def _changes(base: Release | None, changes: Mapping[str, str | None]) -> bool:
    held = {} if base is None else base.config
    return any(value is not None or key in held for key, value in changes.items())


def _release(app: str, release: Release | None) -> Release:
    if release is None:
        raise InvalidRequest(f"{app} has no config vars to unset.")
    return release


def _configured(base: Release | None, *, changes: Mapping[str, str | None], user: str) -> Draft:
    draft = release_changes.configured(base, changes, user=user)
    config_rules.check_together(draft.config)
    return draft
