"""Config vars: shown, set and unset. Each value ever set is a parameter of its own that never changes.

A release says which parameter holds the value of which config var; a value itself stands in parameters
and in the environment of processes, nowhere else.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Set
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import takewhile

from herogate.aws.at_once import both
from herogate.aws.session import Session
from herogate.aws.ssm import Parameters
from herogate.aws.sts import identity
from herogate.engine import config_rules, pruning, release_changes
from herogate.engine.clock import Sleep
from herogate.engine.echoes import looked_for
from herogate.engine.release_changes import Draft
from herogate.engine.release_ledger import ReleaseLedger
from herogate.engine.rollouts import Rollouts
from herogate.engine.site import Site, Sites
from herogate.errors import HerogateError, InvalidRequest
from herogate.models import Release
from stacks import names

_TOKEN_BYTES = 8

_LOOKS = 6
"""So often is SSM asked for what was set a moment ago, in five seconds: somebody may have deleted it."""


@dataclass(frozen=True, kw_only=True)
class Edition:
    """Config vars as they were at a moment.

    Attributes:
        held: name of the parameter of each; no two values ever have the same.
    """

    values: Mapping[str, str]
    held: Mapping[str, str]


class ConfigVars:
    """The config vars of the apps of a region."""

    def __init__(self, session: Session, sites: Sites, rollouts: Rollouts, *, sleep: Sleep) -> None:
        self._session = session
        self._sleep = sleep
        self._sites = sites
        self._rollouts = rollouts
        self._parameters = Parameters(session)

    def all(self, app: str) -> dict[str, str]:
        """The config vars as they were set last, whether or not that is live already."""
        declared = self._declared(app)
        return {} if declared is None else self._of_declared(declared)

    def of_release(self, release: Release) -> dict[str, str]:
        """The config vars of a release, in the order in which they were first set.

        Of one that is older than what is kept, those that a newer one has too.
        """
        return _told(release, self._values(release))

    def names(self, app: str) -> list[str]:
        """What the config vars are called that were set last."""
        declared = self._declared(app)
        return [] if declared is None else list(declared.config)

    def edition(self, app: str) -> Edition:
        """The config vars as they were set last, to be updated only if nobody else does before."""
        declared = self._declared(app)
        held = {} if declared is None else declared.config
        return Edition(values={} if declared is None else self._of_declared(declared), held=held)

    def update(
        self, app: str, changes: Mapping[str, str | None], *, over: Edition | None = None
    ) -> Release:
        """Set config vars, and unset those given None; processes begin to be replaced.

        Returns:
            the release that has them, declared and begun, its end not waited for; the one that has them
            already if nothing was to be unset.

        Raises:
            InvalidRequest: a name or value breaks its rule, or nothing was ever set or released.
            ReleaseFailed: AWS would not take the release.
        """
        config_rules.check(changes)
        site, base = self._sites.consulted(app, self._base)
        ledger = self._sites.ledger_of(site)
        if not _changes(base, changes):
            return _release(app, base)
        held = _parameters(app, changes)
        user = identity(self._session).name
        try:
            self._write(site, held, changes)
            release = ledger.declare(partial(_configured, changes=held, user=user, over=over))
        except BaseException:
            self._take_back(ledger, {name for name in held.values() if name}, base)
            raise
        begun = self._rollouts.begin(app, release.number)
        with suppress(HerogateError):  # what cannot be deleted now can be after the next change
            self._prune(ledger)
        return begun

    def _of_declared(self, release: Release) -> dict[str, str]:
        """The config vars of the release declared last, of which none was ever pruned."""

        def whole() -> dict[str, str] | None:
            told = _told(release, self._values(release))
            return told if len(told) == len(release.config) else None

        return looked_for(whole, self._sleep, looks=_LOOKS) or self.of_release(release)

    def _values(self, release: Release) -> Mapping[str, str]:
        """The values that are there, by the names of their parameters."""
        return self._parameters.values([name for name in release.config.values() if name])

    def _declared(self, app: str) -> Release | None:
        return self._sites.consulted(app, self._base)[1]

    def _base(self, site: Site) -> Release | None:
        return self._sites.ledger_of(site).base()

    def _write(
        self, site: Site, held: Mapping[str, str | None], changes: Mapping[str, str | None]
    ) -> None:
        tags = {names.APP_TAG: site.app, names.SPACE_TAG: site.space}
        for key, value in changes.items():
            name = held[key]
            if name and value:
                self._parameters.write(name, value, tags=tags, key_arn=site.key_arn)

    def _take_back(self, ledger: ReleaseLedger, written: Set[str], base: Release | None) -> None:
        """Delete parameters, unless a release has them: the answer to its declaration may be lost.

        Where nobody knows, they stay: without its values a release could not run.
        """
        floor = 0 if base is None else base.number
        with suppress(HerogateError):
            newer = takewhile(lambda record: record.release.number > floor, ledger.records())
            if not any(written & set(record.release.config.values()) for record in newer):
                self._parameters.delete(sorted(written))

    def _prune(self, ledger: ReleaseLedger) -> None:
        """Delete the values of releases that cannot be gone back to any more."""
        notes = ledger.upkeep_notes
        done, up_to = both(notes.values_pruned, notes.pruned)
        if up_to <= done:
            return
        records = list(takewhile(lambda record: record.release.number > done, ledger.records()))
        self._parameters.delete(pruning.parameters(records, up_to=up_to))
        notes.note_values_pruned(up_to)


def _told(release: Release, values: Mapping[str, str]) -> dict[str, str]:
    """The config vars of a release, by values of parameters; the empty value has no parameter."""
    return {
        key: values.get(name, "")
        for key, name in release.config.items()
        if name in values or not name
    }


def _parameters(app: str, changes: Mapping[str, str | None]) -> dict[str, str | None]:
    """What the parameter of each value is called; the empty value has none, SSM does not take it."""
    return {
        key: names.config_parameter(app, key, secrets.token_hex(_TOKEN_BYTES)) if value else value
        for key, value in changes.items()
    }


def _changes(base: Release | None, changes: Mapping[str, str | None]) -> bool:
    held = {} if base is None else base.config
    return any(value is not None or key in held for key, value in changes.items())


def _release(app: str, release: Release | None) -> Release:
    if release is None:
        raise InvalidRequest(f"{app} has no config vars to unset.")
    return release


def _configured(
    base: Release | None,
    *,
    changes: Mapping[str, str | None],
    user: str,
    over: Edition | None,
) -> Draft:
    if over is not None and over.held != ({} if base is None else base.config):
        raise HerogateError(
            "Config changed on server. Refusing to update.", "Edit what is there now."
        )
    draft = release_changes.configured(base, changes, user=user)
    config_rules.check_together(draft.config)
    return draft
