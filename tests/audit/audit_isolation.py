"""No role of an app reaches anything of another: every role tries every action on everybody's things."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
from audit.judges import simulated
from audit.rights import (
    ACCOUNT,
    BUCKET,
    CLUSTER,
    KEY,
    LEDGER,
    LISTENER,
    LOAD_BALANCER,
    NEEDED,
    PACKAGE,
    REGION,
    SPACE_STACK,
    is_for,
    needed,
    things,
    tried,
)
from stacks_cases import policies as policies_of
from troposphere import Tags, Template

from stacks import names
from stacks.app_options import Options
from stacks.names import RolePurpose
from stacks.parts import events_role, release_role, rights, roles, routing, schedules
from stacks.parts.logs import log_group
from stacks.parts.roles import RoleScope

APPS = ("a", "a-prod", "ab", "b")

MAKERS = {
    RolePurpose.TASK: roles.task_role,
    RolePurpose.EXECUTION: roles.execution_role,
    RolePurpose.BUILD: roles.build_role,
    RolePurpose.RELEASE: release_role.release_role,
    RolePurpose.PIPELINE: roles.pipeline_role,
    RolePurpose.SCHEDULER: schedules.scheduler_role,
    RolePurpose.EVENTS: events_role.events_role,
}

PLACES = {each: (False, True) if each is RolePurpose.RELEASE else (False,) for each in RolePurpose}
"""Whether an app has a host of its own: with it only what a release may is different."""


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """A role's attempt at an action on a thing.

    Attributes:
        whose: the app whose thing it is; ``neighbour`` of something that is no app's.
        at_host: whether the app of the role is under a host of its own.
    """

    app: str
    at_host: bool
    purpose: RolePurpose
    action: str
    thing: str
    whose: str

    @property
    def is_right(self) -> bool:
        """Whether it must be allowed: the role needs it for its own app."""
        what = needed(self.purpose, at_host=self.at_host).get(self.action, set())
        return self.whose == self.app and self.thing in what

    @property
    def question(self) -> Mapping[str, Any]:
        """What the simulator is asked."""
        about = things(self.app if self.whose == "neighbour" else self.whose)[self.thing]
        arn = about.neighbour if self.whose == "neighbour" else about.arn
        return {
            "role": state(self.app, self.purpose, at_host=self.at_host),
            "action": self.action,
            "resource": arn,
            "context": {**about.context, "aws:PrincipalArn": role_arn(self.app, self.purpose)},
        }


def role_arn(app: str, purpose: RolePurpose) -> str:
    return f"arn:aws:iam::{ACCOUNT}:role/{names.role(app, purpose, REGION)}"


def state(app: str, purpose: RolePurpose, *, at_host: bool) -> str:
    """What the simulator calls a role of an app at a place."""
    return f"{role_arn(app, purpose)}#{'host' if at_host else 'port'}"


@cache
def template(app: str, *, at_host: bool) -> Template:
    """All that grants an app its rights, and what that is about."""
    tags = Tags({names.APP_TAG: app})
    groups = {
        each: log_group(app, each, retention_days=365, key_arn=KEY, tags=tags)
        for each in names.LogPurpose
    }
    scope = RoleScope(
        app=app,
        space_stack_id=SPACE_STACK,
        cluster=CLUSTER,
        bucket=BUCKET,
        ledger_table=LEDGER,
        package_key=PACKAGE,
        key_arn=KEY,
        log_groups=groups,
        permissions_boundary=None,
        tags=tags,
    )
    held = {purpose: make(scope) for purpose, make in MAKERS.items()}
    place = place_of(app, tags, at_host=at_host)
    described = Template()
    granted = (*held.values(), *rights.rights(scope, held, place))
    for part in (*groups.values(), *place.resources, *granted):
        described.add_resource(part)
    return described


def place_of(app: str, tags: Tags, *, at_host: bool) -> routing.Routing:
    """An app's place at the load balancer."""
    group = routing.target_group(app, Options(), vpc_id="vpc-1", tags=tags)
    if at_host:
        listener = LOAD_BALANCER.replace(":loadbalancer/", ":listener/")
        return routing.at_host(
            app,
            group,
            listener_arn=f"{listener}/{LISTENER}",
            place=3,
            host=f"{app}.example.com",
            tags=tags,
        )
    return routing.at_port(
        app,
        group,
        load_balancer_arn=LOAD_BALANCER,
        load_balancer_dns_name="balancer.example.com",
        port=8001,
        tags=tags,
    )


def policies(app: str, purpose: RolePurpose, *, at_host: bool) -> list[dict[str, Any]]:
    """A role's policies, as they are in `ACCOUNT` and `REGION`."""
    granted = policies_of(template(app, at_host=at_host))
    return list(granted[f"{purpose.capitalize()}Role"].values())


def attempts(app: str, purpose: RolePurpose, *, at_host: bool) -> Iterator[Attempt]:
    """Everything that a role is made to try."""
    for action, what in tried().items():
        for thing in what:
            for whose in (*APPS, "neighbour"):
                about = things(app)[thing]
                exists = about.is_named if whose == "neighbour" else not about.is_shared
                if exists or whose == app:
                    yield Attempt(
                        app=app,
                        at_host=at_host,
                        purpose=purpose,
                        action=action,
                        thing=thing,
                        whose=whose,
                    )


def surprises(granted: Mapping[str, Any], tries: list[Attempt]) -> list[Attempt]:
    """The attempts that did not end as they must."""
    answers = simulated(granted, [each.question for each in tries])
    return [
        each
        for each, answer in zip(tries, answers, strict=True)
        if (answer == "Allowed") != each.is_right
    ]


EVERY_ROLE = {
    state(app, purpose, at_host=at_host): {"policies": policies(app, purpose, at_host=at_host)}
    for app in APPS
    for purpose in RolePurpose
    for at_host in PLACES[purpose]
}


def test_every_role_may_what_it_needs_for_its_own_app_and_nothing_else() -> None:
    tries = [
        each
        for app in APPS
        for purpose in RolePurpose
        for at_host in PLACES[purpose]
        for each in attempts(app, purpose, at_host=at_host)
    ]
    assert len(tried()) >= 40
    assert len(tries) >= 2_000
    assert sum(each.is_right for each in tries) >= 200
    assert surprises(EVERY_ROLE, tries) == []


@pytest.mark.parametrize("purpose", RolePurpose)
def test_the_table_of_what_is_needed_knows_every_action_that_is_granted(
    purpose: RolePurpose,
) -> None:
    granted = {
        action
        for policy in policies("a", purpose, at_host=False)
        for statement in policy["Statement"]
        for action in statement["Action"]
        if is_for(role_arn("a", purpose), statement)
    }
    assert granted == {action for actions in NEEDED[purpose] for action in actions}


def planted() -> Iterator[tuple[str, str, list[Attempt], list[dict[str, Any]]]]:
    """App a's roles, each time with one ARN that goes on where it ought to end, and what they try."""
    for purpose in RolePurpose:
        for at_host in PLACES[purpose]:
            tries = list(attempts("a", purpose, at_host=at_host))
            role = role_arn("a", purpose)
            for arn, changed in widened(role, policies("a", purpose, at_host=at_host)):
                yield arn, role, tries, changed


def widened(role: str, whole: list[dict[str, Any]]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Policies of a role, each time with one ARN that goes on where it ought to end."""
    for number, policy in enumerate(whole):
        for place, statement in enumerate(policy["Statement"]):
            if not is_for(role, statement):
                continue
            for arn, wide in wider(statement):
                statements = [*policy["Statement"]]
                statements[place] = wide
                changed = [*whole]
                changed[number] = {**policy, "Statement": statements}
                yield arn, changed


def wider(statement: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """A statement, each time with one ARN that goes on: of a resource, or in a condition."""
    for index, arn in enumerate(statement["Resource"]):
        if "herogate" in arn:
            resources = [*statement["Resource"]]
            resources[index] = f"{arn.rstrip('*-/:')}*"
            yield arn, {**statement, "Resource": resources}
    condition = statement.get("Condition", {})
    for operator in ("ArnLike", "StringLike"):
        for key, arn in condition.get(operator, {}).items():
            wide = {**condition[operator], key: f"{arn.rstrip('*-/:')}*"}
            yield arn, {**statement, "Condition": {**condition, operator: wide}}


def test_an_arn_that_does_not_end_where_the_name_ends_is_found_out() -> None:
    granted, questions, tries = {}, [], []
    everything = list(planted())
    for number, (_, role, attempted, changed) in enumerate(everything):
        granted[f"{role}#{number}"] = {"policies": changed}
        for each in attempted:
            questions.append({**each.question, "role": f"{role}#{number}"})
            tries.append((number, each))
    found_out = {
        number
        for (number, each), answer in zip(tries, simulated(granted, questions), strict=True)
        if (answer == "Allowed") != each.is_right
    }
    assert len(everything) >= 40
    assert [everything[n][:2] for n in range(len(everything)) if n not in found_out] == []
