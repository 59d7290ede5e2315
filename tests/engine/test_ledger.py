"""Which app sits where: decided by conditional writes, so that no race gives one place to two."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from herogate.aws.dynamodb import Put, Table
from herogate.engine.addresses import Place
from herogate.engine.lease import LEASE_SECONDS, LeaseLost
from herogate.engine.ledger import Ledger, choose
from herogate.errors import InvalidRequest, SpaceFull


def place(number: int, load_balancer: int = 1) -> Place:
    return Place(load_balancer=load_balancer, number=number)


PLACES = [place(8001), place(8002), place(8001, load_balancer=2)]


@pytest.fixture
def ledger(table: Table) -> Ledger:
    return Ledger(table, "default")


def test_apps_get_the_free_places_in_order(ledger: Ledger) -> None:
    for app in ("one", "two", "three"):
        ledger.allocate(app, PLACES)
    assert ledger.apps() == {
        "one": place(8001),
        "two": place(8002),
        "three": place(8001, load_balancer=2),
    }


def test_an_app_keeps_its_place_when_it_is_created_again(ledger: Ledger) -> None:
    first = ledger.allocate("one", PLACES)
    ledger.allocate("two", PLACES)
    assert (ledger.allocate("one", PLACES), ledger.place_of("one")) == (first, first)


def test_a_released_place_is_given_out_again(ledger: Ledger) -> None:
    ledger.allocate("one", PLACES)
    ledger.allocate("two", PLACES)
    ledger.release("one")
    assert ledger.place_of("one") is None
    assert ledger.allocate("three", PLACES) == place(8001)


def test_releasing_an_app_without_a_place_changes_nothing(ledger: Ledger) -> None:
    ledger.allocate("one", PLACES)
    ledger.release("two")
    assert ledger.apps() == {"one": place(8001)}


def test_a_forgotten_app_leaves_nothing(ledger: Ledger, table: Table) -> None:
    ledger.allocate("one", PLACES)
    for number in range(120):
        table.write([Put(item={"pk": "app/one", "sk": f"release/{number:08}"})])
    ledger.forget("one")
    assert (table.partition("app/one"), ledger.apps()) == ([], {})


def test_an_app_that_keeps_its_place_cannot_be_made_anew(ledger: Ledger, table: Table) -> None:
    """Who makes it anew would sit where nobody expects anybody to sit a moment later."""
    ledger.allocate("one", PLACES)
    ledger.close("one")
    (seat,) = table.partition("addresses")
    table.write([Put(item={**seat, "app": "two"}, over={"app": "one"})])
    ledger.forget("one")
    assert (ledger.place_of("one"), ledger.closed(["one"])) == (place(8001), {"one"})


def test_a_space_that_is_to_go_gives_no_places(ledger: Ledger) -> None:
    assert ledger.shut() == []
    assert ledger.shut() == []
    with pytest.raises(InvalidRequest) as refused:
        ledger.allocate("one", PLACES)
    assert (refused.value.message, refused.value.hint) == (
        "Space default cannot take apps: it is being destroyed.",
        "Should that have been cut short: `herogate spaces:destroy default` goes on with it.",
    )
    ledger.open()
    assert ledger.allocate("one", PLACES) == place(8001)


def test_a_space_does_not_go_while_an_app_has_a_place_in_it(ledger: Ledger) -> None:
    ledger.allocate("one", PLACES)
    assert ledger.shut() == ["one"]
    assert ledger.allocate("two", PLACES) == place(8002)


def test_apps_that_are_being_destroyed_are_known_among_others(ledger: Ledger) -> None:
    ledger.close("one")
    assert ledger.closed(["one", "two"]) == {"one"}
    assert ledger.closed([]) == set()


def test_one_at_a_time_destroys_an_app_and_the_next_when_it_has_given_up(ledger: Ledger) -> None:
    started = datetime.now(UTC)
    first = ledger.destruction("one", now=lambda: started)
    assert first is not None
    assert ledger.destruction("one", now=lambda: started) is None
    assert ledger.destruction("two", now=lambda: started) is not None
    heir = ledger.destruction("one", now=lambda: started + timedelta(seconds=LEASE_SECONDS))
    assert heir is not None
    with pytest.raises(LeaseLost):
        first.hold()
    heir.give_back()
    assert ledger.destruction("one", now=lambda: started) is not None


def test_a_full_space_says_so_and_what_to_do(ledger: Ledger) -> None:
    ledger.allocate("one", PLACES[:1])
    with pytest.raises(SpaceFull) as refusal:
        ledger.allocate("two", PLACES[:1])
    assert (refusal.value.message, refusal.value.hint) == (
        "Space default has no address left: all 1 are taken.",
        "Destroy an app, or create another space: `herogate spaces:create <name>`.",
    )


def test_a_place_where_a_stranger_listens_is_passed_over(ledger: Ledger) -> None:
    taken = ledger.allocate("one", PLACES)
    ledger.give_up("one", taken)
    assert ledger.allocate("one", PLACES, avoid={taken}) == place(8002)
    assert ledger.allocate("two", PLACES) == place(8001, load_balancer=2)


def test_a_strangers_place_is_tried_again_when_no_other_is_left(ledger: Ledger) -> None:
    taken = ledger.allocate("one", PLACES[:1])
    ledger.give_up("one", taken)
    assert ledger.apps() == {}
    assert ledger.allocate("two", PLACES[:1]) == taken
    assert ledger.apps() == {"two": taken}


def test_of_many_creations_at_once_none_share_a_place(ledger: Ledger) -> None:
    apps = [f"app-{number}" for number in range(12)]
    places = [place(8001 + number) for number in range(12)]
    with ThreadPoolExecutor(6) as threads:
        given = list(threads.map(lambda app: ledger.allocate(app, places), apps))
    assert sorted(given) == places
    assert ledger.apps() == dict(zip(apps, given, strict=True))


def test_two_creations_of_one_app_at_once_agree_on_its_place(ledger: Ledger) -> None:
    with ThreadPoolExecutor(4) as threads:
        given = set(threads.map(lambda _: ledger.allocate("one", PLACES), range(4)))
    assert given == {ledger.place_of("one")}


@pytest.mark.parametrize(
    ("holders", "avoid", "chosen"),
    [
        ({}, (), place(8001)),
        ({place(8001): "one"}, (), place(8002)),
        ({place(8001): "--"}, (), place(8002)),
        ({place(8001): "--"}, [place(8002)], place(8001, load_balancer=2)),
        (dict.fromkeys(PLACES, "--"), [place(8001)], place(8002)),
        ({**dict.fromkeys(PLACES, "one"), place(8002): "--"}, (), place(8002)),
        (dict.fromkeys(PLACES, "one"), (), None),
        (dict.fromkeys(PLACES, "--"), PLACES, None),
    ],
)
def test_the_next_place_is_a_free_one_or_else_a_strangers(
    holders: dict[Place, str], avoid: list[Place], chosen: Place | None
) -> None:
    assert choose(PLACES, holders, avoid) == chosen


def test_an_app_gets_further_places_where_it_sits_and_gives_them_back(ledger: Ledger) -> None:
    ledger.allocate("one", [place(1, load_balancer=2)])
    first, second = ledger.extend("one"), ledger.extend("one")
    assert ledger.further("one") == [place(49, load_balancer=2), place(50, load_balancer=2)]
    assert (first, second) == (place(50, load_balancer=2), place(49, load_balancer=2))
    ledger.shrink("one", place(50, load_balancer=2))
    assert (ledger.further("one"), ledger.apps()) == (
        [place(49, load_balancer=2)],
        {"one": place(1, load_balancer=2)},
    )


def test_further_places_are_nobodys_after_the_app_and_a_strangers_is_passed_over(
    ledger: Ledger, table: Table
) -> None:
    ledger.allocate("one", [place(1)])
    ledger.extend("one")
    ledger.shrink("one", place(50), is_strangers=True)
    assert ledger.extend("one") == place(49)
    ledger.forget("one")
    assert (table.partition("app/one"), ledger.further("one"), ledger.apps()) == ([], [], {})
    ledger.allocate("two", [place(1)])
    assert ledger.extend("two") == place(49)


def test_an_app_gets_no_further_place_where_all_are_taken(ledger: Ledger) -> None:
    ledger.allocate("one", [place(1)])
    assert [ledger.extend("one") is None for _ in range(50)] == [False] * 49 + [True]
