"""Which target a request is forwarded to."""

from __future__ import annotations

from collections import Counter

from herogate.local.planes.elb.serve import Rotation, eligible
from herogate.local.planes.elb.table import Forward, Share, Target, TargetGroup, TargetState


def group(arn: str, *states: TargetState) -> TargetGroup:
    """A group with a target in each of these states, on ports 1, 2, 3 …"""
    targets = [Target(address=arn, port=n, state=s) for n, s in enumerate(states, start=1)]
    return TargetGroup(arn=arn, targets=tuple(targets))


def ports(of: TargetGroup) -> list[int]:
    return [target.port for target in eligible(of)]


def test_only_healthy_targets_get_requests() -> None:
    states = (TargetState.UNHEALTHY, TargetState.HEALTHY, TargetState.INITIAL, TargetState.HEALTHY)
    assert ports(group("g", *states)) == [2, 4]


def test_without_a_healthy_target_all_that_are_not_draining_get_them() -> None:
    states = (TargetState.UNHEALTHY, TargetState.DRAINING, TargetState.INITIAL)
    assert ports(group("g", *states)) == [1, 3]


def test_targets_take_turns() -> None:
    rotation, groups = Rotation(), {"g": group("g", *[TargetState.HEALTHY] * 3)}
    action = Forward(shares=(Share(target_group_arn="g"),))
    chosen = [rotation.choose(action, groups) for _ in range(6)]
    assert [found[1].port for found in chosen if found] == [1, 2, 3, 1, 2, 3]


def test_weights_share_requests_among_groups() -> None:
    groups = {arn: group(arn, TargetState.HEALTHY) for arn in ("a", "b", "c")}
    shares = [Share(target_group_arn=arn, weight=w) for arn, w in (("a", 1), ("b", 3), ("c", 0))]
    points = iter(number / 8 for number in range(8))
    rotation, action = Rotation(), Forward(shares=tuple(shares))
    chosen = [rotation.choose(action, groups, random_number=lambda: next(points)) for _ in range(8)]
    assert Counter(found[0].arn for found in chosen if found) == {"a": 2, "b": 6}


def test_nobody_is_chosen_where_there_is_no_target_or_no_weight() -> None:
    groups = {"empty": group("empty"), "full": group("full", TargetState.HEALTHY)}
    rotation = Rotation()
    assert rotation.choose(Forward(shares=(Share(target_group_arn="empty"),)), groups) is None
    weightless = Forward(shares=(Share(target_group_arn="full", weight=0),))
    assert rotation.choose(weightless, groups) is None
