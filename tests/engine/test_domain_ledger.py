"""Whose a domain is: one app's alone, and changed by one command at a time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from herogate.aws.dynamodb import Table
from herogate.engine.domain_ledger import DomainLedger
from herogate.engine.lease import LEASE_SECONDS, LeaseLost, Task, acquire
from herogate.engine.ledger import Ledger
from herogate.errors import InvalidRequest, NameTaken, NotFound

NOW = datetime(2024, 5, 1, 12, tzinfo=UTC)


def never(seconds: float) -> None:
    raise AssertionError(f"somebody waits {seconds} s")


def domains(table: Table, app: str = "shop", **changed: Any) -> DomainLedger:
    return DomainLedger(table, app, **{"sleep": never, "now": lambda: NOW, **changed})


def test_a_domain_is_one_apps_alone(table: Table) -> None:
    shop, rival = domains(table), domains(table, "rival")
    assert shop.claim("www.example.com")[1] is True
    assert shop.claim("www.example.com")[1] is False
    with pytest.raises(NameTaken, match=r"Name www.example.com is already taken"):
        rival.claim("www.example.com")
    with pytest.raises(NotFound, match="Couldn't find that domain name"):
        rival.item("www.example.com")
    shop.forget(shop.item("www.example.com"))
    assert rival.claim("www.example.com")[1] is True
    assert (shop.all(), rival.staying()) == ([], ["www.example.com"])


def test_a_domain_that_is_about_to_leave_is_listed_and_stays_if_it_is_claimed_again(
    table: Table,
) -> None:
    shop = domains(table)
    item, _ = shop.claim("www.example.com")
    shop.leave(item)
    assert ([each["sk"] for each in shop.all()], shop.staying()) == (["www.example.com"], [])
    assert shop.claim("www.example.com") == (item, False)
    assert shop.staying() == ["www.example.com"]


def test_of_two_domains_with_a_wildcard_none_lies_within_another_apps(table: Table) -> None:
    shop = domains(table)
    shop.claim("*.example.com")
    for name in ("*.shop.example.com", "*.com"):
        with pytest.raises(InvalidRequest, match="stand for the same hosts"):
            domains(table, "rival").check_apart(name)
    domains(table, "rival").check_apart("www.example.com")
    shop.check_apart("*.shop.example.com")


def test_who_changes_domains_does_so_after_whoever_is_at_it(table: Table) -> None:
    holder = acquire(table, "shop", now=lambda: NOW, task=Task.DOMAINS)
    assert holder is not None
    waits = []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        holder.give_back()

    with domains(table, sleep=sleep).turn() as lease:
        lease.hold()
        assert acquire(table, "shop", now=lambda: NOW, task=Task.DOMAINS) is None
        with domains(table, "rival").turn():
            assert len(waits) == 1
    with domains(table).turn():
        assert len(waits) == 1


def test_who_seemed_dead_learns_that_somebody_took_over(table: Table) -> None:
    later = NOW + timedelta(seconds=LEASE_SECONDS)
    with (
        pytest.raises(InvalidRequest, match="Another command has changed the domains of shop"),
        domains(table).turn() as lease,
        domains(table, now=lambda: later).turn(),
    ):
        lease.hold()


def test_nobody_changes_the_domains_of_an_app_that_is_being_destroyed(table: Table) -> None:
    turn = domains(table).turn()
    lease = turn.__enter__()
    Ledger(table, "default").close("shop")
    with pytest.raises(LeaseLost):
        lease.hold()
    turn.__exit__(None, None, None)
    with pytest.raises(InvalidRequest, match="shop is being destroyed"), domains(table).turn():
        pass
