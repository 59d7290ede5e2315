"""Elastic Load Balancing: the page in front of an app, and how its web processes look from outside."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from herogate.aws.session import Session


@dataclass(frozen=True, kw_only=True)
class TargetHealth:
    """How the load balancer finds one web process.

    Attributes:
        address: in the space's network.
        reason: why it is not healthy, in the load balancer's words.
    """

    address: str
    is_healthy: bool
    is_failing: bool
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Page:
    """An answer that the load balancer gives by itself: HTML, with an HTTP status."""

    status: int
    body: str


class LoadBalancing:
    """The rules and target groups of a region."""

    def __init__(self, session: Session) -> None:
        self._service = session.service("elbv2")

    def open(self, rule_arn: str, target_group_arn: str) -> None:
        """Let what a page rule catches through to the processes; again is no change."""
        forward = {"Type": "forward", "TargetGroupArn": target_group_arn}
        self._service.call("modify_rule", RuleArn=rule_arn, Actions=[forward])

    def close(self, rule_arn: str, page: Page) -> None:
        """Answer what a page rule catches with a page."""
        answer = {
            "StatusCode": str(page.status),
            "ContentType": "text/html",
            "MessageBody": page.body,
        }
        fixed = {"Type": "fixed-response", "FixedResponseConfig": answer}
        self._service.call("modify_rule", RuleArn=rule_arn, Actions=[fixed])

    def page(self, rule_arn: str) -> Page | None:
        """The page that a page rule answers with; None if it lets everything through."""
        answer = self._service.call("describe_rules", RuleArns=[rule_arn])
        for action in answer["Rules"][0]["Actions"]:
            if fixed := action.get("FixedResponseConfig"):
                return Page(status=int(fixed["StatusCode"]), body=fixed.get("MessageBody", ""))
        return None

    def health(self, target_group_arn: str) -> Iterator[TargetHealth]:
        """How the processes of a target group are found."""
        answer = self._service.call("describe_target_health", TargetGroupArn=target_group_arn)
        for target in answer["TargetHealthDescriptions"]:
            health = target["TargetHealth"]
            yield TargetHealth(
                address=target["Target"]["Id"],
                is_healthy=health["State"] == "healthy",
                is_failing=health["State"] == "unhealthy",
                reason=health.get("Description", ""),
            )
