"""Rules of load balancers, some of which somebody else deletes meanwhile."""

from __future__ import annotations

import pytest

from herogate.aws.elbv2 import LoadBalancing, unless_gone
from herogate.aws.session import Session
from herogate.errors import AwsRefused

_PLACE = "arn:aws:elasticloadbalancing:us-east-1:123456789012"
GONE = f"{_PLACE}:listener-rule/app/shared/50dc6c495c0c9188/f2f7dc8efc522ab2/9683b2d02a6cabee"
GROUP = f"{_PLACE}:targetgroup/shop/73e2d6bc24d8a067"


def test_a_rule_that_is_gone_already_is_removed(session: Session) -> None:
    LoadBalancing(session).remove(GONE)


def test_a_rule_that_is_gone_is_led_nowhere(session: Session) -> None:
    with pytest.raises(AwsRefused, match=r"elbv2:ModifyRule: .* \(RuleNotFound\)"):
        LoadBalancing(session).lead(GONE, GROUP)
    with unless_gone():
        LoadBalancing(session).lead(GONE, GROUP)


def test_nothing_else_that_is_refused_is_passed_over(session: Session) -> None:
    with pytest.raises(AwsRefused, match="ListenerNotFound"), unless_gone():
        LoadBalancing(session).rules(f"{_PLACE}:listener/app/shared/50dc6c495c0c9188/f2f7dc8e")
