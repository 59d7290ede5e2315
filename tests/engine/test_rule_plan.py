"""Which rule is for which hosts: nothing moves that need not, what names one host stands first."""

from __future__ import annotations

from dataclasses import replace

from herogate.aws.elbv2 import Page
from herogate.engine.rule_plan import Plan, Slot, plan

CLOSED = Page(status=200, body="There is nothing here yet.")
OWN = Slot(priority=3, rules=("way", "page"), hosts=("my-shop.apps.example.com",))
ONE = Slot(priority=50)
MANY = Slot(priority=25_050, is_for_many=True)
FIVE = tuple(f"{number}.example.com" for number in range(5))


def test_domains_go_to_the_apps_own_rules_as_long_as_those_take_them() -> None:
    hosts = [*OWN.hosts, *FIVE[:4]]
    full = replace(OWN, hosts=tuple(hosts))
    assert plan([OWN], hosts, None) == Plan(changed=(full,))
    assert plan([full], hosts, None) == Plan()


def test_what_they_do_not_take_goes_to_rules_of_another_place() -> None:
    full = replace(OWN, hosts=(*OWN.hosts, *FIVE[:4]))
    hosts = [*full.hosts, FIVE[4]]
    assert plan([full], hosts, None) == Plan(homeless=(FIVE[4],))
    assert plan([full, ONE, MANY], hosts, None) == Plan(changed=(replace(ONE, hosts=FIVE[4:]),))


def test_a_domain_that_stands_for_many_is_tried_after_all_that_do_not() -> None:
    hosts = [*OWN.hosts, "*.example.com"]
    assert plan([OWN], hosts, None) == Plan(homeless=("*.example.com",))
    assert plan([OWN, ONE, MANY], hosts, None) == Plan(
        changed=(replace(MANY, hosts=("*.example.com",)),)
    )


def test_a_rule_that_is_made_shows_the_page_that_the_app_shows() -> None:
    hosts = [*OWN.hosts, "*.example.com"]
    (made,) = plan([OWN, ONE, MANY], hosts, CLOSED).changed
    assert made == replace(MANY, hosts=("*.example.com",), page=CLOSED)
    there = replace(made, rules=("rule",), page=None)
    (changed,) = plan([OWN, there], [*hosts, "*.example.org"], CLOSED).changed
    assert changed == replace(there, hosts=("*.example.com", "*.example.org"))


def test_the_others_stay_where_they_are_when_one_goes() -> None:
    full = replace(OWN, hosts=(*OWN.hosts, *FIVE[:4]))
    further = replace(ONE, rules=("rule",), hosts=("www.example.com", FIVE[4]))
    left = [host for host in (*full.hosts, *further.hosts) if host != FIVE[0]]
    assert plan([full, further], left, None) == Plan(
        changed=(replace(full, hosts=(*OWN.hosts, *FIVE[1:4])),)
    )
    assert plan([full, further], full.hosts, None) == Plan(changed=(replace(further, hosts=()),))


def test_a_host_is_in_one_rule_alone() -> None:
    further = replace(ONE, rules=("rule",), hosts=OWN.hosts)
    assert plan([OWN, further], OWN.hosts, None) == Plan(changed=(replace(further, hosts=()),))
