"""The nouns: what an app, a space and a piece of progress are. Frozen, no I/O."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

DEFAULT_SPACE = "default"


class Status(StrEnum):
    """Where an app or a space is in its life."""

    CREATING = "creating"
    READY = "ready"
    UPDATING = "updating"
    DESTROYING = "destroying"
    BROKEN = "broken"
    """A creation or destruction that stopped half-way; `destroy` removes what is left."""

    @property
    def is_ready(self) -> bool:
        """Whether it can be used: there, whole, and not about to go."""
        return self in (Status.READY, Status.UPDATING)


@dataclass(frozen=True, kw_only=True)
class Space:
    """A network, load balancers and the capacity that many apps share. Paid once, not per app.

    Attributes:
        web_hosts: DNS names of its load balancers.
        domain: apps live at ``https://<app>.<domain>``; without one, at a port of a load balancer.
    """

    name: str
    region: str
    status: Status
    created_at: datetime
    web_hosts: tuple[str, ...] = ()
    domain: str | None = None


@dataclass(frozen=True, kw_only=True)
class App:
    """An app: a name, an address on the web, and a git repository to push to.

    Attributes:
        web_url: where its web processes answer; None while AWS has not said it yet.
        git_url: what ``git push`` takes: ``herogate://[<profile>@]<region>/<app>``.
        clone_url: the repository's plain HTTPS address; None while it is being made.
    """

    name: str
    space: str
    region: str
    status: Status
    git_url: str
    created_at: datetime
    web_url: str | None = None
    clone_url: str | None = None
    git_branch: str | None = None


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Who calls AWS."""

    arn: str
    account: str


@dataclass(frozen=True, kw_only=True)
class StackProgress:
    """How far a stack's creation or deletion has come.

    Attributes:
        done: resources made (or removed) so far.
        waiting_for: names of the resources under way, longest waited for first.
    """

    stack: str
    done: int
    total: int
    waiting_for: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Setback:
    """An attempt failed, was cleaned up, and is made once more."""

    reason: str
    next_step: str


Event = StackProgress | Setback
