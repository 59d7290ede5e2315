"""Which of an app's rules at a load balancer is for which hosts. Pure.

A rule takes few hosts, so an app that has many has many rules. They are tried in the order of their
priorities: what names one host stands before what stands for many, whichever apps they are of.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from herogate.aws.elbv2 import Page

HOSTS_PER_RULE = 5


@dataclass(frozen=True, kw_only=True)
class Slot:
    """Where rules of an app are, or may be.

    Attributes:
        priority: which of them is tried first.
        rules: ARNs of what is there: nothing, a page rule, or one with the way behind it.
        hosts: those that it is for.
        page: what it answers with; None if it leads to processes.
        is_for_many: whether it is for hosts with a wildcard, and tried after all that are not.
    """

    priority: int
    rules: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    page: Page | None = None
    is_for_many: bool = False


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is to be done.

    Attributes:
        changed: the slots that are to be otherwise, as they are to be.
        homeless: hosts for which there is no room.
    """

    changed: tuple[Slot, ...] = ()
    homeless: tuple[str, ...] = ()


def plan(slots: Sequence[Slot], hosts: Iterable[str], page: Page | None) -> Plan:
    """Have an app answer to these hosts; one that it answers to already stays where it is.

    Args:
        page: what a rule that is made anew answers with.
    """
    homeless = list(dict.fromkeys(hosts))
    planned = []
    for slot in slots:
        kept = tuple(host for host in slot.hosts if host in homeless)
        planned.append(replace(slot, hosts=kept))
        homeless = [host for host in homeless if host not in kept]
    homeless = [host for host in homeless if not _taken_in(planned, host, page)]
    changed = [new for new, old in zip(planned, slots, strict=True) if new.hosts != old.hosts]
    return Plan(changed=tuple(changed), homeless=tuple(homeless))


def _taken_in(slots: list[Slot], host: str, page: Page | None) -> bool:
    """Put a host into the first slot that has room for its kind."""
    for number, slot in enumerate(slots):
        if slot.is_for_many is _is_for_many(host) and len(slot.hosts) < HOSTS_PER_RULE:
            shown = slot.page if slot.rules else page
            slots[number] = replace(slot, hosts=(*slot.hosts, host), page=shown)
            return True
    return False


def _is_for_many(host: str) -> bool:
    return host.startswith("*.")
