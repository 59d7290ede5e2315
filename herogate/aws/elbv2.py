"""Elastic Load Balancing: the page in front of an app, and how its web processes look from outside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

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

    def hosts(self, page_rule_arn: str) -> list[str] | None:
        """The hosts that a page rule is for; None if it is for everything that comes to its port."""
        (rule,) = self._service.call("describe_rules", RuleArns=[page_rule_arn])["Rules"]
        return _hosts(rule)

    def answer_to(self, page_rule_arn: str, target_group_arn: str, hosts: Sequence[str]) -> None:
        """Have a page rule, and the rule behind it that leads to the processes, be for these hosts."""
        condition = {"Field": "host-header", "HostHeaderConfig": {"Values": list(hosts)}}
        # What is behind the page first: a host that only the page knew would lead to nobody's.
        for rule_arn in (*self._ways(page_rule_arn, target_group_arn), page_rule_arn):
            self._service.call("modify_rule", RuleArn=rule_arn, Conditions=[condition])

    def certificates(self, listener_arn: str) -> list[str]:
        """The certificates that a listener presents, without its default one."""
        found = self._service.items(
            "describe_listener_certificates",
            "Certificates",
            ListenerArn=listener_arn,
        )
        return [each["CertificateArn"] for each in found if not each.get("IsDefault")]

    def present(self, listener_arn: str, certificate_arn: str) -> None:
        """Have a listener present a certificate too; again is no change."""
        self._service.call(
            "add_listener_certificates",
            ListenerArn=listener_arn,
            Certificates=[{"CertificateArn": certificate_arn}],
        )

    def withdraw(self, listener_arn: str, certificate_arn: str) -> None:
        """Have a listener present a certificate no more; one that it did not present is no error."""
        self._service.call(
            "remove_listener_certificates",
            ListenerArn=listener_arn,
            Certificates=[{"CertificateArn": certificate_arn}],
        )

    def _ways(self, page_rule_arn: str, target_group_arn: str) -> list[str]:
        """The rules of the same listener that lead to a target group."""
        rules = self._service.items(
            "describe_rules", "Rules", ListenerArn=listener_of(page_rule_arn)
        )
        return [
            rule["RuleArn"]
            for rule in rules
            if rule["RuleArn"] != page_rule_arn
            and any(each.get("TargetGroupArn") == target_group_arn for each in rule["Actions"])
            and _hosts(rule) is not None
        ]

    def ask_for(self, target_group_arn: str, path: str) -> None:
        """Have the processes of a target group asked for a path; again is no change."""
        self._service.call(
            "modify_target_group", TargetGroupArn=target_group_arn, HealthCheckPath=path
        )

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


def _hosts(rule: Mapping[str, Any]) -> list[str] | None:
    for condition in rule["Conditions"]:
        if condition["Field"] == "host-header":
            return list(condition["HostHeaderConfig"]["Values"])
    return None


def listener_of(rule_arn: str) -> str:
    """The ARN of the listener that a rule is of, which is told by the rule's own."""
    return rule_arn.replace(":listener-rule/", ":listener/").rpartition("/")[0]
