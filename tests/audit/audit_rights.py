"""What the end-to-end tests made roles and people do, before a simulator of IAM: that is granted."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from audit.judges import ROOT, simulated
from audit.rights import is_for
from audit.waivers import UNUSED_RIGHTS

from stacks.people import Job

RECORDS = ROOT / "build" / "audit"
OF_AN_APP = re.compile(r".*:role/herogate--.+--(?P<purpose>[a-z]+)--[a-z0-9-]+")


OF_A_PERSON = re.compile(r".*:role/person-(?P<purpose>[a-z-]+)")
"""Somebody in tests/e2e/test_people.py, by the jobs that they may do."""

UNJUDGED = "no.resource.types"
NOT_KNOWN = {"elasticloadbalancing:AddTags", "elasticloadbalancing:RemoveTags"}
"""Of target groups the simulator does not know that they can be tagged."""

WITHOUT_REVISION = re.compile(r"arn:aws:ecs:[^:]*:\d+:task-definition/[^:]+")
ATTACKING = re.compile(r".*:role/herogate--victim--build--.*")
"""What tests/e2e/test_hostile_push.py pushes tries what it must not, with the role of its build."""


@dataclass(frozen=True, kw_only=True)
class Made:
    """A demand that was made of a role in one of the clouds."""

    role: str
    purpose: str
    demand: dict[str, Any]
    policies: list[Any]


def purpose_of(role: str) -> str | None:
    """What a role of Herogate's is for; None for any other role."""
    found = OF_AN_APP.fullmatch(role)
    return found and found["purpose"]


def jobs_of(role: str) -> str | None:
    """What somebody may do who is a role here; None for any other role."""
    found = OF_A_PERSON.fullmatch(role)
    return found and found["purpose"]


def made(purpose_of: Callable[[str], str | None]) -> Iterator[Made]:
    """All that was demanded of roles that have a purpose, with the policies of that moment."""
    for record in sorted(RECORDS.rglob("access*.jsonl")):
        policies: dict[str, list[Any]] = {}
        for line in record.read_text().splitlines():
            entry = json.loads(line)
            purpose = purpose_of(entry["role"])
            if purpose is None:
                continue
            if "policies" in entry:
                policies[entry["role"]] = entry["policies"]
            else:
                role = entry["role"]
                yield Made(role=role, purpose=purpose, demand=entry, policies=policies[role])


@pytest.fixture(scope="module")
def record() -> list[Made]:
    """The record of Herogate's roles, which is not empty."""
    found = list(made(purpose_of))
    assert found, (
        f"nothing is recorded in {RECORDS}: run the end-to-end tests with it as --basetemp"
    )
    return found


def question(number: int, each: Made) -> dict[str, Any]:
    """What the simulator is asked; a name that is not known beforehand is any, a revision the first."""
    resource = each.demand["resource"]
    if WITHOUT_REVISION.fullmatch(resource):
        resource = f"{resource}:1"
    return {
        "role": f"{each.role}#{number}",
        "action": each.demand["action"],
        "resource": resource if resource == "*" else resource.replace("*", "any"),
        "context": each.demand["context"],
    }


def denied(demands: Sequence[Made]) -> set[tuple[str, str, str]]:
    """What the simulator denies, of which the local cloud has to have said the same."""
    roles = {f"{each.role}#{n}": {"policies": each.policies} for n, each in enumerate(demands)}
    answers = simulated(roles, [question(number, each) for number, each in enumerate(demands)])
    both = list(zip(demands, answers, strict=True))
    assert {d.demand["action"] for d, answer in both if answer == UNJUDGED} <= NOT_KNOWN
    judged = [(each, answer == "Allowed") for each, answer in both if answer != UNJUDGED]
    assert [may for _, may in judged] == [each.demand["allowed"] for each, _ in judged]
    return {
        (each.purpose, each.demand["action"], each.demand["resource"])
        for each, may in judged
        if not may and not ATTACKING.fullmatch(each.role)
    }


def test_nothing_that_a_role_had_to_do_is_denied_to_it(record: list[Made]) -> None:
    assert denied(record) == set()


def test_nothing_that_somebody_had_to_do_is_denied_to_them_but_what_is_not_their_job() -> None:
    people = [each for each in made(jobs_of) if each.demand["resource"] is not None]
    assert {each.purpose for each in people} == {*Job, "spaces-and-apps"}
    assert denied(people) == {("operate", "iam:ListRoles", "*")}


def test_every_role_was_at_work(record: list[Made]) -> None:
    assert {each.purpose for each in record} == {
        "execution",
        "build",
        "release",
        "pipeline",
        "scheduler",
        "events",
    }


def test_every_right_is_used_but_for_a_few_that_are_listed_with_their_reasons(
    record: list[Made],
) -> None:
    used = {(each.purpose, each.demand["action"]) for each in record if each.demand["allowed"]}
    granted = {
        (each.purpose, action)
        for each in record
        for policy in each.policies
        for statement in policy["Statement"]
        for action in statement["Action"]
        if is_for(each.role, statement)
    }
    assert {action for _, action in granted - used} == UNUSED_RIGHTS.keys()
    assert len(UNUSED_RIGHTS) <= 5
