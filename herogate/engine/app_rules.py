"""An app's rules at its load balancer: the page in front of it, and the hosts that it answers to.

The app's stack makes two: the page rule, and the way behind it that ECS wants to be there. Where apps
share a listener, rules for more domains than those two take are made here, at places that the ledger
gives. What a rule is for, and whether it shows a page, only the load balancer knows.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from herogate.aws.cloudformation import Stack
from herogate.aws.dynamodb import Table
from herogate.aws.elbv2 import LoadBalancing, Page, Rule, listener_of, unless_gone
from herogate.aws.session import Session
from herogate.engine.addresses import Addresses, Place
from herogate.engine.lease import Lease
from herogate.engine.ledger import Ledger
from herogate.engine.rule_plan import Slot, plan
from herogate.engine.site import Site
from herogate.errors import SpaceFull
from stacks import names
from stacks.places import priorities


class AppRules:
    """The rules of one app."""

    def __init__(self, session: Session, site: Site) -> None:
        self._site = site
        self._listener_arn = listener_of(site.page_rule_arn)
        self._load_balancing = LoadBalancing(session)
        self._ledger = Ledger(Table(session, names.ledger_table(site.space)), site.space)

    def page(self) -> Page | None:
        """The page that the world sees instead of the app; None if it sees the app."""
        return self._load_balancing.page(self._site.page_rule_arn)

    def lead(self, page: Page | None = None) -> None:
        """Let the world in or, with a page, show it that."""
        self._load_balancing.lead(self._site.page_rule_arn, self._site.target_group_arn, page)
        self.align()

    def align(self) -> None:
        """Have all rules show what the page rule does, should somebody have been cut short."""
        while self._site.host and (places := self._ledger.further(self._site.app)):
            own, *further = self._slots(places)
            differing = [slot for slot in further if slot.rules and slot.page != own.page]
            if not differing:
                return
            for rule in (rule for slot in differing for rule in slot.rules):
                with unless_gone():
                    self._load_balancing.lead(rule, self._site.target_group_arn, own.page)

    def answer_to(self, domains: Collection[str], lease: Lease) -> bool:
        """Answer to the app's own host and to its domains, to nothing else; whether it was not so.

        Args:
            lease: by which nobody else changes the app's domains.

        Raises:
            SpaceFull: the load balancer has no rule left for them all.
            LeaseLost: somebody else changes the app's domains now.
        """
        is_changed = False
        hosts = [str(self._site.host), *domains]
        while True:
            lease.hold()
            places = self._ledger.further(self._site.app)
            slots = self._slots(places)
            made = plan(slots, hosts, slots[0].page)
            for slot in made.changed:
                self._change(slot)
            if made.homeless:
                self._extend(hosts)
            elif not made.changed:
                break
            is_changed = True
        self._give_back(places, slots)
        self.align()
        return is_changed

    def _slots(self, places: Iterable[Place]) -> list[Slot]:
        """Where the app's rules are, the page rule's first, and where more of them may be."""
        rules = {rule.priority: rule for rule in self._load_balancing.rules(self._listener_arn)}
        page_rule = next(r for r in rules.values() if r.arn == self._site.page_rule_arn)
        _, behind = priorities(page_rule.priority)
        way = [rules[behind].arn] if behind in rules else []
        own = Slot(
            priority=page_rule.priority,
            # What is behind the page first: a host that only the page knew would lead to nobody's.
            rules=(*way, page_rule.arn),
            hosts=page_rule.hosts,
            page=page_rule.page,
        )
        return [own, *(slot for place in places for slot in _slots_at(place, rules))]

    def _change(self, slot: Slot) -> None:
        """Make a slot what it is to be; what stands in its way is seen at the next look."""
        if not slot.rules:
            self._load_balancing.add(
                self._listener_arn,
                self._site.target_group_arn,
                priority=slot.priority,
                hosts=slot.hosts,
                page=slot.page,
                tags={names.APP_TAG: self._site.app, names.SPACE_TAG: self._site.space},
            )
        for rule in slot.rules:
            if not slot.hosts:
                self._load_balancing.remove(rule)
                continue
            with unless_gone():
                self._load_balancing.answer_to(rule, slot.hosts)

    def _extend(self, hosts: Collection[str]) -> None:
        """Get the app one more place. Raises `SpaceFull`."""
        place = self._ledger.extend(self._site.app)
        if place is None:
            raise SpaceFull(
                f"The load balancer of {self._site.app} has no rule left for another domain.",
                "A domain like `*.example.com` stands for many; and a space of its own, made with "
                "`herogate spaces:create <name> --domain <domain>`, has rules of its own.",
            )
        found = self._load_balancing.rules(self._listener_arn)
        at_place = (rule for rule in found if rule.priority in priorities(place.number))
        if any(host not in hosts for rule in at_place for host in rule.hosts):
            self._ledger.shrink(self._site.app, place, is_strangers=True)

    def _give_back(self, places: Iterable[Place], slots: Sequence[Slot]) -> None:
        """Give the ledger those places back where no rule is."""
        used = {slot.priority for slot in slots if slot.rules}
        for place in places:
            if used.isdisjoint(priorities(place.number)):
                self._ledger.shrink(self._site.app, place)


def remove_further(session: Session, space: Stack, ledger: Ledger, app: str) -> None:
    """Delete the rules that are not of the app's stack, which could not go while they are there."""
    load_balancing, listener_arns = LoadBalancing(session), Addresses(space).listener_arns
    for place in ledger.further(app):
        for rule in load_balancing.rules(listener_arns[place.load_balancer - 1]):
            if rule.priority in priorities(place.number):
                load_balancing.remove(rule.arn)


def _slots_at(place: Place, rules: dict[int, Rule]) -> Iterator[Slot]:
    """The slots of a place: for hosts, and behind those of all apps for hosts with a wildcard."""
    first, last = priorities(place.number)
    for priority in (first, last):
        rule = rules.get(priority)
        yield Slot(
            priority=priority,
            rules=() if rule is None else (rule.arn,),
            hosts=() if rule is None else rule.hosts,
            page=None if rule is None else rule.page,
            is_for_many=priority == last,
        )
