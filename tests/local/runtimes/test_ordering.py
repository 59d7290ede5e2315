"""In which order containers start: a table of what is known and what follows."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from herogate.local.runtimes.containers import Condition, ContainerPlan
from herogate.local.runtimes.health import HealthStatus
from herogate.local.runtimes.ordering import Seen, deadline, dependants, next_starts

RUNNING = Seen()


def container(name: str, start_seconds: float = 180, **dependencies: str) -> ContainerPlan:
    return ContainerPlan(
        name=name,
        image="image",
        start_seconds=start_seconds,
        dependencies={other: Condition(wanted) for other, wanted in dependencies.items()},
    )


def follows(*containers: ContainerPlan, waited: float = 0, **seen: Seen) -> tuple[list[str], str]:
    found = next_starts(containers, seen, waited)
    return [each.name for each in found.ready], found.impossible


def test_those_that_depend_on_nothing_start_at_once_in_their_order() -> None:
    assert follows(container("web"), container("side")) == (["web", "side"], "")


@pytest.mark.parametrize(
    ("condition", "seen", "ready"),
    [
        ("START", {}, []),
        ("START", {"db": RUNNING}, ["web"]),
        ("START", {"db": Seen(exit_code=1)}, ["web"]),
        ("COMPLETE", {"db": RUNNING}, []),
        ("COMPLETE", {"db": Seen(exit_code=1)}, ["web"]),
        ("SUCCESS", {"db": RUNNING}, []),
        ("SUCCESS", {"db": Seen(exit_code=0)}, ["web"]),
        ("HEALTHY", {"db": RUNNING}, []),
        ("HEALTHY", {"db": Seen(health=HealthStatus.HEALTHY)}, ["web"]),
    ],
)
def test_a_container_starts_when_its_dependencies_are_as_it_wants(
    condition: str, seen: Mapping[str, Seen], ready: list[str]
) -> None:
    db = container("db")
    found = next_starts((container("web", db=condition), db), seen, 0)
    assert [each.name for each in found.ready if each.name == "web"] == ready
    assert found.impossible == ""


@pytest.mark.parametrize(
    ("condition", "seen", "reason"),
    [
        ("SUCCESS", Seen(exit_code=1), "dependency did not exit successfully."),
        ("HEALTHY", Seen(health=HealthStatus.UNHEALTHY), "container is unhealthy."),
        ("HEALTHY", Seen(exit_code=0), "container is unhealthy."),
    ],
)
def test_a_condition_that_can_never_hold_is_told(condition: str, seen: Seen, reason: str) -> None:
    assert follows(container("web", db=condition), container("db"), db=seen) == (
        [],
        "failed to resolve container ordering dependency [db] for target [web] as " + reason,
    )


def test_waiting_ends_at_the_time_of_the_container_that_waits() -> None:
    web, db = container("web", start_seconds=20, db="HEALTHY"), container("db")
    assert follows(web, db, waited=19, db=RUNNING) == ([], "")
    assert deadline((web, db), {"db": RUNNING}) == 20
    assert follows(web, db, waited=20, db=RUNNING) == (
        [],
        "failed to resolve container ordering dependency [db] for target [web] as the dependency "
        "timed out.",
    )


def test_containers_that_wait_for_each_other_time_out() -> None:
    circle = (container("a", b="START"), container("b", a="START"))
    assert follows(*circle) == ([], "")
    assert follows(*circle, waited=180)[1].startswith("failed to resolve")


def test_those_that_depend_on_a_container_end_before_it() -> None:
    containers = (container("web", db="START"), container("db"), container("side", web="START"))
    assert dependants(containers, "db") == ("web",)
    assert dependants(containers, "side") == ()
