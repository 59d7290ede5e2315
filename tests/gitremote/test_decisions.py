"""What git is shown, and what a push means."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import pytest

from herogate.gitremote.decisions import (
    Decision,
    DeployBranch,
    Push,
    PushersRepository,
    Redeploy,
    Refuse,
    Send,
    decide,
    shown,
    tips,
)

MASTER = "refs/heads/master"
R, T, N = "r" * 40, "d" * 40, "e" * 40
"""The commit released, the deploy branch's tip, and a new one."""


def branch(*, tip: str | None = T, released: str | None = R) -> DeployBranch:
    return DeployBranch(reference=MASTER, tip=tip, released=released)


def repository(*, has: Collection[str] = (R, T, N), fast_forward: bool = True) -> PushersRepository:
    """A repository in which names are commits."""
    return PushersRepository(
        resolve=lambda name: {"HEAD": N, "old": T}.get(name, name),
        has=lambda commit: commit in has,
        precedes=lambda earlier, later: fast_forward,
    )


LISTING = [":object-format sha1", f"@{MASTER} HEAD", f"{T} {MASTER}", f"{N} refs/heads/dev"]


@pytest.mark.parametrize(
    ("deploy", "expected"),
    [
        (branch(), [LISTING[0], LISTING[1], f"{R} {MASTER}", LISTING[3]]),
        (branch(released=None), [LISTING[0], LISTING[3]]),
        (branch(released=T), LISTING),
    ],
)
def test_the_deploy_branch_is_shown_as_it_was_released(
    deploy: DeployBranch, expected: list[str]
) -> None:
    assert list(shown(LISTING, deploy)) == expected


def test_a_branch_that_was_deleted_is_not_shown() -> None:
    assert list(shown([f"{N} refs/heads/dev"], branch(tip=None))) == [f"{N} refs/heads/dev"]


def test_a_head_that_names_no_branch_is_shown_as_the_branch_is() -> None:
    listing = [f"{T} HEAD", f"{T} {MASTER}"]

    assert list(shown(listing, branch())) == [f"{R} HEAD", f"{R} {MASTER}"]
    assert list(shown(listing, branch(released=None))) == []


def test_tips_are_read_from_a_listing() -> None:
    assert tips(LISTING) == {MASTER: T, "refs/heads/dev": N}


def send(specification: str, lease: str | None = None, commit: str | None = None) -> Send:
    return Send(push=Push.parse(f"push {specification}"), lease=lease, commit=commit)


@pytest.mark.parametrize(
    ("specification", "deploy", "pushers", "expected"),
    [
        # Other branches, tags and deletions are git's own affair.
        ("dev:refs/heads/dev", branch(), repository(), send("dev:refs/heads/dev")),
        ("+v1:refs/tags/v1", branch(), repository(), send("+v1:refs/tags/v1")),
        (f":{MASTER}", branch(), repository(), send(f":{MASTER}")),
        # The deploy branch: new, moved on, an undeployed tip replaced.
        (
            f"HEAD:{MASTER}",
            branch(tip=None, released=None),
            repository(),
            send(f"HEAD:{MASTER}", commit=N),
        ),
        (f"HEAD:{MASTER}", branch(released=T), repository(), send(f"HEAD:{MASTER}", T, N)),
        (
            f"HEAD:{MASTER}",
            branch(released=None),
            repository(fast_forward=False),
            send(f"HEAD:{MASTER}", T, N),
        ),
        (f"HEAD:{MASTER}", branch(), repository(), send(f"HEAD:{MASTER}", T, N)),
        # What was released is replaced only by force.
        (
            f"HEAD:{MASTER}",
            branch(),
            repository(fast_forward=False),
            Refuse(target=MASTER, why="non-fast-forward"),
        ),
        (
            f"HEAD:{MASTER}",
            branch(),
            repository(has=[N], fast_forward=False),
            Refuse(target=MASTER, why="fetch first"),
        ),
        (
            f"+HEAD:{MASTER}",
            branch(),
            repository(has=[N], fast_forward=False),
            replace(send(f"HEAD:{MASTER}", T, N), is_forced=True),
        ),
        # What the repository has already is deployed again.
        (f"old:{MASTER}", branch(), repository(), Redeploy(target=MASTER, commit=T)),
        (
            f"+old:{MASTER}",
            branch(),
            repository(),
            Redeploy(target=MASTER, commit=T, is_forced=True),
        ),
    ],
)
def test_each_part_of_a_push_has_one_meaning(
    specification: str, deploy: DeployBranch, pushers: PushersRepository, expected: Decision
) -> None:
    push = Push.parse(f"push {specification}")

    assert decide(push, deploy, pushers, has_lease=False) == expected


def test_a_lease_of_the_pusher_is_as_good_as_force() -> None:
    push = Push.parse(f"push HEAD:{MASTER}")
    decided = decide(push, branch(), repository(fast_forward=False), has_lease=True)

    assert decided == send(f"HEAD:{MASTER}", T, N)


@pytest.mark.parametrize("line", ["push HEAD:refs/heads/a", "push +a:refs/b", "push :refs/tags/v1"])
def test_a_push_is_written_as_it_was_read(line: str) -> None:
    assert Push.parse(line).line == line
