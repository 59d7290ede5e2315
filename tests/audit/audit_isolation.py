"""No role of an app reaches anything of another: every role tries every action on everybody's things."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from audit.judges import simulated
from audit.rights import (
    ACCOUNT,
    BUCKET,
    CLUSTER,
    KEY,
    LEDGER,
    LOAD_BALANCER,
    NEEDED,
    PACKAGE,
    REGION,
    SPACE_STACK,
    needed,
    things,
    tried,
)
from stacks_cases import arns, resolved
from troposphere import Tags

from stacks import names
from stacks.app_options import Options
from stacks.names import RolePurpose
from stacks.parts import events_role, release_role, roles, schedules
from stacks.parts.logs import log_group
from stacks.parts.roles import RoleScope
from stacks.parts.routing import target_group

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


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """A role's attempt at an action on a thing.

    Attributes:
        whose: the app whose thing it is; ``neighbour`` of something that is no app's.
    """

    app: str
    purpose: RolePurpose
    action: str
    thing: str
    whose: str

    @property
    def is_right(self) -> bool:
        """Whether it must be allowed: the role needs it for its own app."""
        what = needed(self.purpose).get(self.action, set())
        return self.whose == self.app and self.thing in what

    @property
    def question(self) -> Mapping[str, Any]:
        """What the simulator is asked."""
        about = things(self.app if self.whose == "neighbour" else self.whose)[self.thing]
        arn = about.neighbour if self.whose == "neighbour" else about.arn
        return {
            "role": role_arn(self.app, self.purpose),
            "action": self.action,
            "resource": arn,
            "context": about.context,
        }


def role_arn(app: str, purpose: RolePurpose) -> str:
    return f"arn:aws:iam::{ACCOUNT}:role/{names.role(app, purpose, REGION)}"


def policies(app: str, purpose: RolePurpose) -> list[dict[str, Any]]:
    """A role's policies, as they are in `ACCOUNT` and `REGION`."""
    tags = Tags({})
    groups = {
        each: log_group(app, each, retention_days=365, key_arn=KEY, tags=tags)
        for each in names.LogPurpose
    }
    group = target_group(app, Options(), vpc_id="vpc-1", tags=tags)
    scope = RoleScope(
        app=app,
        space_stack_id=SPACE_STACK,
        load_balancer_arn=LOAD_BALANCER,
        cluster=CLUSTER,
        bucket=BUCKET,
        ledger_table=LEDGER,
        package_key=PACKAGE,
        key_arn=KEY,
        log_groups=groups,
        target_group=group,
        permissions_boundary=None,
        tags=tags,
    )
    declared = {each.title: each.to_dict() for each in (*groups.values(), group)}
    role = resolved(MAKERS[purpose](scope).to_dict(), arns(declared))["Properties"]
    return [policy["PolicyDocument"] for policy in role.get("Policies", [])]


def attempts(app: str, purpose: RolePurpose) -> Iterator[Attempt]:
    """Everything that a role is made to try."""
    for action, what in tried().items():
        for thing in what:
            for whose in (*APPS, "neighbour"):
                about = things(app)[thing]
                exists = about.is_named if whose == "neighbour" else not about.is_shared
                if exists or whose == app:
                    yield Attempt(app=app, purpose=purpose, action=action, thing=thing, whose=whose)


def surprises(granted: Mapping[str, Any], tries: list[Attempt]) -> list[Attempt]:
    """The attempts that did not end as they must."""
    answers = simulated(granted, [each.question for each in tries])
    return [
        each
        for each, answer in zip(tries, answers, strict=True)
        if (answer == "Allowed") != each.is_right
    ]


EVERY_ROLE = {
    role_arn(app, purpose): {"policies": policies(app, purpose)}
    for app in APPS
    for purpose in RolePurpose
}


def test_every_role_may_what_it_needs_for_its_own_app_and_nothing_else() -> None:
    tries = [each for app in APPS for purpose in RolePurpose for each in attempts(app, purpose)]
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
        for policy in policies("a", purpose)
        for statement in policy["Statement"]
        for action in statement["Action"]
    }
    assert granted == {action for actions in NEEDED[purpose] for action in actions}


def planted() -> Iterator[tuple[str, RolePurpose, list[dict[str, Any]]]]:
    """App a's roles, each time with one scoped ARN that goes on where it ought to end."""
    for purpose in RolePurpose:
        whole = policies("a", purpose)
        for number, policy in enumerate(whole):
            for place, statement in enumerate(policy["Statement"]):
                for index, arn in enumerate(statement["Resource"]):
                    if "herogate" not in arn:
                        continue
                    wide = [*statement["Resource"]]
                    wide[index] = f"{arn.rstrip('*-/:')}*"
                    statements = [*policy["Statement"]]
                    statements[place] = {**statement, "Resource": wide}
                    changed = [*whole]
                    changed[number] = {**policy, "Statement": statements}
                    yield arn, purpose, changed


def test_an_arn_that_does_not_end_where_the_name_ends_is_found_out() -> None:
    granted, questions, tries = {}, [], []
    everything = list(planted())
    for number, (_, purpose, changed) in enumerate(everything):
        state = f"{role_arn('a', purpose)}#{number}"
        granted[state] = {"policies": changed}
        for each in attempts("a", purpose):
            questions.append({**each.question, "role": state})
            tries.append((number, each))
    found_out = {
        number
        for (number, each), answer in zip(tries, simulated(granted, questions), strict=True)
        if (answer == "Allowed") != each.is_right
    }
    assert len(everything) >= 40
    assert [everything[n][:2] for n in range(len(everything)) if n not in found_out] == []
