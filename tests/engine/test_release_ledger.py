"""Releases in the ledger: numbered without gap, whoever races, and settled by one applier only."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from releases_cases import NOON, Clock, slug

from herogate.aws.dynamodb import Table
from herogate.engine.lease import LEASE_SECONDS, Lease, LeaseLost
from herogate.engine.ledger import Ledger
from herogate.engine.release_changes import Draft, deploy
from herogate.engine.release_ledger import ReleaseLedger
from herogate.engine.release_records import Begun, Progress
from herogate.errors import InvalidRequest
from herogate.models import ProcessType, Release, ReleaseStatus, Size


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ledger(table: Table, clock: Clock) -> ReleaseLedger:
    return ReleaseLedger(table, "my-shop", now=clock.now)


def deployed(name: str = "a") -> Draft:
    return deploy(None, slug=slug(name), commit=name * 40, user="ada@example.com")


def setting(key: str, base: Release | None) -> Draft:
    """What setting a config var makes of a release."""
    known = {} if base is None else base.config
    return Draft(
        description=f"Set {key} config vars",
        user="ada@example.com",
        slug=None if base is None else base.slug,
        config={**known, key: f"/herogate/my-shop/config/{key}/1"},
    )


def held(ledger: ReleaseLedger) -> Lease:
    lease = ledger.lease()
    assert lease is not None
    return lease


def statuses(ledger: ReleaseLedger) -> list[tuple[str, str]]:
    return [(r.release.version, str(r.release.status)) for r in ledger.records()]


def test_a_release_is_read_as_it_was_declared(ledger: ReleaseLedger) -> None:
    draft = Draft(
        description="Deploy 1a2b3c4d",
        user="ada@example.com",
        slug=slug(
            process_types={"web": "serve", "worker": "work"},
            port=3000,
            shell=False,
            launcher=True,
            health_check_path="/up",
        ),
        commit="1a2b3c4d",
        config={"KEY": "/herogate/my-shop/config/KEY/1"},
        formation={
            "web": ProcessType(command="serve", size=Size.PERFORMANCE_M),
            "worker": ProcessType(command=None),
        },
    )
    declared = ledger.declare(lambda base: draft)
    assert declared == Release(
        number=1,
        created_at=NOON,
        description=draft.description,
        user=draft.user,
        slug=draft.slug,
        commit=draft.commit,
        config=draft.config,
        formation=draft.formation,
    )
    assert [record.release for record in ledger.records()] == [declared]


def test_of_many_declarations_at_once_none_is_lost(ledger: ReleaseLedger) -> None:
    keys = [f"KEY_{number}" for number in range(12)]
    with ThreadPoolExecutor(4) as users:
        declared = list(users.map(lambda key: ledger.declare(lambda b: setting(key, b)), keys))
    assert sorted(release.number for release in declared) == list(range(1, 13))
    newest = ledger.newest()
    assert newest is not None
    assert sorted(newest.release.config) == sorted(keys)


def test_a_declaration_is_made_on_top_of_the_one_before_it(ledger: ReleaseLedger) -> None:
    ledger.declare(lambda base: deployed())
    release = ledger.declare(lambda base: setting("A", base))
    assert (release.base, release.slug) == (1, slug())


def test_what_stays_of_a_failure_is_declared_before_anybody_can_come_between(
    table: Table, clock: Clock
) -> None:
    """Who declares as soon as he hears of the failure does so on top of what stays of it."""
    heard: list[str] = []

    def hear(release: Release) -> None:
        heard.append(f"{release.version} {release.status}")
        if release.status is ReleaseStatus.FAILED:
            own.declare(lambda base: setting("LATE", base))

    own = ReleaseLedger(table, "my-shop", now=clock.now, told=hear)
    lease = held(own)
    own.declare(lambda base: deployed())
    assert own.settle(1, ReleaseStatus.SUCCEEDED, lease)
    for number, change in ((2, deployed("b")), (3, setting("EARLY", own.base()))):
        assert own.declare(lambda base, change=change: change).number == number  # type: ignore[misc]
    kept = setting("EARLY", own.base())
    assert own.settle(3, ReleaseStatus.FAILED, lease, reason="it crashed", kept=kept)
    newest = own.newest()
    assert newest is not None
    assert (newest.release.number, newest.release.base) == (5, 4)
    assert sorted(newest.release.config) == ["EARLY", "LATE"]
    assert statuses(own)[:3] == [("v5", "pending"), ("v4", "pending"), ("v3", "failed")]
    assert heard[-3:] == ["v3 failed", "v5 pending", "v4 pending"]


def test_after_a_failure_a_declaration_is_made_on_top_of_what_is_in_effect(
    ledger: ReleaseLedger,
) -> None:
    lease = held(ledger)
    for name, status in (("a", ReleaseStatus.SUCCEEDED), ("b", ReleaseStatus.FAILED)):
        release = ledger.declare(lambda base, name=name: deployed(name))  # type: ignore[misc]
        assert ledger.settle(release.number, status, lease, reason="it crashed")
    release = ledger.declare(lambda base: setting("A", base))
    assert (release.number, release.base, release.slug) == (3, 1, slug("a"))
    current = ledger.current()
    assert current is not None
    assert current.release.number == 1


def test_foremost_is_the_newest_release_whose_processes_were_all_begun(
    ledger: ReleaseLedger,
) -> None:
    def foremost() -> int | None:
        found = ledger.foremost()
        return None if found is None else found.release.number

    def begin(number: int) -> None:
        begun = {"web": Begun(rollout=f"ecs-svc/{number}", at=NOON)}
        ledger.note(number, lambda _: Progress(begun=begun), lease)

    lease, seen = held(ledger), []
    ledger.declare(lambda _: deployed())
    seen.append(foremost())
    ledger.settle(1, ReleaseStatus.SUCCEEDED, lease)
    seen.append(foremost())
    ledger.declare(lambda base: replace(deployed(), config={"A": "/a"}))
    seen.append(foremost())
    begin(2)
    seen.append(foremost())
    ledger.declare(lambda base: deployed("b"))
    seen.append(foremost())
    ledger.supersede_before(3, lease)
    seen.append(foremost())
    begin(3)
    seen.append(foremost())
    ledger.settle(3, ReleaseStatus.FAILED, lease)
    seen.append(foremost())
    assert seen == [None, 1, 1, 2, 2, 2, 3, 1]


def test_a_newer_release_supersedes_those_that_wait(ledger: ReleaseLedger) -> None:
    for name in "abc":
        ledger.declare(lambda base, name=name: deployed(name))  # type: ignore[misc]
    lease = held(ledger)
    ledger.supersede_before(3, lease)
    assert ledger.settle(3, ReleaseStatus.SUCCEEDED, lease)
    assert statuses(ledger) == [("v3", "succeeded"), ("v2", "superseded"), ("v1", "superseded")]
    assert [record.release.superseded_by for record in ledger.records()] == [None, 3, 3]


def test_what_an_applier_left_waiting_below_a_superseded_release_is_superseded_too(
    ledger: ReleaseLedger,
) -> None:
    lease = held(ledger)
    ledger.declare(lambda _: deployed())
    ledger.settle(1, ReleaseStatus.SUCCEEDED, lease)
    for _ in range(45):
        ledger.declare(lambda _: deployed())
    for number in (30, 10, 46):
        ledger.supersede_before(number, lease)
    assert statuses(ledger)[1:] == [
        *((f"v{number}", "superseded") for number in range(45, 1, -1)),
        ("v1", "succeeded"),
    ]


def test_a_release_that_is_no_longer_the_newest_is_not_settled(ledger: ReleaseLedger) -> None:
    ledger.declare(lambda base: deployed("a"))
    ledger.declare(lambda base: deployed("b"))
    assert not ledger.settle(1, ReleaseStatus.FAILED, held(ledger), reason="it crashed")
    assert statuses(ledger) == [("v2", "pending"), ("v1", "pending")]


def test_how_far_a_release_has_come_is_kept(ledger: ReleaseLedger) -> None:
    ledger.declare(lambda base: deployed())
    progress = Progress(
        definitions={"web": "arn:web:1"},
        release_process="arn:task",
        is_prepared=True,
        begun={"web": Begun(rollout="ecs-svc/1", at=NOON)},
    )
    ledger.note(1, lambda _: progress, held(ledger))
    record = ledger.record(1)
    assert record is not None
    assert record.progress == progress


def test_one_lease_is_given_at_a_time(ledger: ReleaseLedger) -> None:
    with ThreadPoolExecutor(4) as appliers:
        given = [lease for lease in appliers.map(lambda _: ledger.lease(), range(8)) if lease]
    assert len(given) == 1
    given[0].give_back()
    assert ledger.lease() is not None


def test_an_expired_lease_is_taken_over_and_its_holder_writes_nothing_more(
    ledger: ReleaseLedger, clock: Clock
) -> None:
    ledger.declare(lambda base: deployed())
    dead = held(ledger)
    clock.sleep(LEASE_SECONDS - 1)
    assert ledger.lease() is None
    clock.sleep(1)
    alive = held(ledger)
    with pytest.raises(LeaseLost):
        dead.hold()
    with pytest.raises(LeaseLost):
        ledger.note(1, lambda _: Progress(is_prepared=True), dead)
    with pytest.raises(LeaseLost):
        ledger.settle(1, ReleaseStatus.FAILED, dead)
    with pytest.raises(LeaseLost):
        ledger.bear({"web": "{}"}, dead)
    dead.give_back()
    assert (ledger.lease(), statuses(ledger)) == (None, [("v1", "pending")])
    assert ledger.settle(1, ReleaseStatus.SUCCEEDED, alive)


def test_the_lease_of_an_app_that_goes_is_taken_from_whoever_holds_it(
    ledger: ReleaseLedger, table: Table, clock: Clock
) -> None:
    lease = held(ledger)
    Ledger(table, "default").close("my-shop")
    with pytest.raises(LeaseLost):
        lease.hold()
    clock.sleep(10**9)
    with pytest.raises(InvalidRequest, match="my-shop is being destroyed"):
        ledger.lease()
    with pytest.raises(InvalidRequest, match="my-shop is being destroyed"):
        ledger.declare(lambda _: Draft(description="Deploy", user="ada"))


def test_a_lease_that_is_held_does_not_run_out(ledger: ReleaseLedger, clock: Clock) -> None:
    lease = held(ledger)
    for _ in range(10):
        clock.sleep(LEASE_SECONDS * 0.6)
        lease.hold()
        assert ledger.lease() is None


def test_a_birth_is_kept_as_it_was_first_written(ledger: ReleaseLedger) -> None:
    lease = held(ledger)
    ledger.bear({"web": '{"b": 1, "a": 2}'}, lease)
    with pytest.raises(LeaseLost):
        ledger.bear({"web": "{}", "worker": "{}"}, lease)
    assert ledger.births() == {"web": '{"b": 1, "a": 2}'}


def test_a_hundred_config_vars_and_twenty_process_types_fit(ledger: ReleaseLedger) -> None:
    config = {
        f"KEY_{n:03}".ljust(60, "X"): f"/herogate/my-shop/config/{n:060}/{n:032}"
        for n in range(100)
    }
    types = {f"type-{n:02}": "x" * 2000 for n in range(20)}
    draft = deploy(None, slug=slug(process_types=types), commit="a" * 40, user="ada")
    declared = ledger.declare(lambda base: replace(draft, config=config))
    assert [record.release for record in ledger.records()] == [declared]


def test_a_release_that_does_not_fit_is_refused_with_what_to_do(ledger: ReleaseLedger) -> None:
    built = slug(process_types={"web": "x" * 400_000})
    with pytest.raises(InvalidRequest, match="is the most") as refusal:
        ledger.declare(lambda base: deploy(None, slug=built, commit="a" * 40, user="ada"))
    assert refusal.value.hint == "Shorten the commands of the Procfile, or have fewer config vars."
    assert statuses(ledger) == []
