"""Elastic Load Balancing: the rules that lead to an app, and how its web processes look from outside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from herogate.aws.session import Session
from herogate.errors import AwsRefused, SpaceFull

_GONE = "RuleNotFound"
_PRIORITY_IN_USE = "PriorityInUse"
_FULL = {"TooManyRules": "rules", "TooManyCertificates": "certificates"}
"""What AWS says of a load balancer that has as many of something as the account may have."""


@dataclass(frozen=True, kw_only=True)
class TargetHealth:
    """How the load balancer finds one web process.

    Attributes:
        address: in the space's network.
        reason: why it is not healthy, in the load balancer's words.
    """

    address: str
    is_failing: bool
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Page:
    """An answer that the load balancer gives by itself: HTML, with an HTTP status."""

    status: int
    body: str


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A rule of a listener.

    Attributes:
        hosts: those that it is for; none if it is for whatever comes.
        page: what it answers with; None if it leads to processes.
    """

    arn: str
    priority: int
    hosts: tuple[str, ...]
    page: Page | None = None


class LoadBalancing:
    """The rules and target groups of a region."""

    def __init__(self, session: Session) -> None:
        self._service = session.service("elbv2")

    def lead(self, rule_arn: str, target_group_arn: str, page: Page | None = None) -> None:
        """Have a rule lead to a target group or, with a page, answer with that; again is no change."""
        self._service.call(
            "modify_rule", RuleArn=rule_arn, Actions=[_action(target_group_arn, page)]
        )

    def page(self, rule_arn: str) -> Page | None:
        """The page that a rule answers with; None if it leads to processes."""
        return self.rule(rule_arn).page

    def rule(self, rule_arn: str) -> Rule:
        """A rule as it is."""
        (found,) = self._service.call("describe_rules", RuleArns=[rule_arn])["Rules"]
        return _rule(found)

    def rules(self, listener_arn: str) -> list[Rule]:
        """The rules of a listener, without its default one."""
        found = self._service.items("describe_rules", "Rules", ListenerArn=listener_arn)
        return [_rule(each) for each in found if not each["IsDefault"]]

    def answer_to(self, rule_arn: str, hosts: Sequence[str]) -> None:
        """Have a rule be for these hosts."""
        self._service.call("modify_rule", RuleArn=rule_arn, Conditions=[_of_hosts(hosts)])

    def add(
        self,
        listener_arn: str,
        target_group_arn: str,
        *,
        priority: int,
        hosts: Sequence[str],
        page: Page | None,
        tags: Mapping[str, str],
    ) -> None:
        """Make a rule for hosts, that leads as `lead` says; a priority that has a rule keeps that one.

        Raises `SpaceFull` if the load balancer has as many rules as it may have.
        """
        try:
            self._service.call(
                "create_rule",
                ListenerArn=listener_arn,
                Priority=priority,
                Conditions=[_of_hosts(hosts)],
                Actions=[_action(target_group_arn, page)],
                Tags=[{"Key": key, "Value": value} for key, value in tags.items()],
            )
        except AwsRefused as refusal:
            if refusal.code != _PRIORITY_IN_USE:
                raise _full(refusal) from refusal

    def remove(self, rule_arn: str) -> None:
        """Delete a rule; one that is gone is no error."""
        with unless_gone():
            self._service.call("delete_rule", RuleArn=rule_arn)

    def certificates(self, listener_arn: str) -> list[str]:
        """The certificates that a listener presents, without its default one."""
        found = self._service.items(
            "describe_listener_certificates",
            "Certificates",
            ListenerArn=listener_arn,
        )
        return [each["CertificateArn"] for each in found if not each.get("IsDefault")]

    def present(self, listener_arn: str, certificate_arn: str) -> None:
        """Have a listener present a certificate too; again is no change.

        Raises `SpaceFull` if the load balancer presents as many as it may.
        """
        try:
            self._service.call(
                "add_listener_certificates",
                ListenerArn=listener_arn,
                Certificates=[{"CertificateArn": certificate_arn}],
            )
        except AwsRefused as refusal:
            raise _full(refusal) from refusal

    def withdraw(self, listener_arn: str, certificate_arn: str) -> None:
        """Have a listener present a certificate no more; one that it did not present is no error."""
        self._service.call(
            "remove_listener_certificates",
            ListenerArn=listener_arn,
            Certificates=[{"CertificateArn": certificate_arn}],
        )

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
                is_failing=health["State"] == "unhealthy",
                reason=health.get("Description", ""),
            )


def _rule(told: Mapping[str, Any]) -> Rule:
    return Rule(
        arn=told["RuleArn"],
        priority=int(told["Priority"]),
        hosts=tuple(
            host
            for condition in told["Conditions"]
            if condition["Field"] == "host-header"
            for host in condition["HostHeaderConfig"]["Values"]
        ),
        page=_page(told),
    )


def _page(told: Mapping[str, Any]) -> Page | None:
    for action in told["Actions"]:
        if fixed := action.get("FixedResponseConfig"):
            return Page(status=int(fixed["StatusCode"]), body=fixed.get("MessageBody", ""))
    return None


def _action(target_group_arn: str, page: Page | None) -> dict[str, Any]:
    if page is None:
        return {"Type": "forward", "TargetGroupArn": target_group_arn}
    answer = {
        "StatusCode": str(page.status),
        "ContentType": "text/html",
        "MessageBody": page.body,
    }
    return {"Type": "fixed-response", "FixedResponseConfig": answer}


def _of_hosts(hosts: Sequence[str]) -> dict[str, Any]:
    return {"Field": "host-header", "HostHeaderConfig": {"Values": list(hosts)}}


def _full(refusal: AwsRefused) -> AwsRefused | SpaceFull:
    """What AWS refused, in a user's words if it is that there is no room."""
    noun = _FULL.get(refusal.code)
    if noun is None:
        return refusal
    return SpaceFull(
        f"The load balancer has as many {noun} as AWS lets it have.",
        f"Service Quotas, under Elastic Load Balancing, lets an account have more {noun}.",
    )


@contextmanager
def unless_gone() -> Iterator[None]:
    """Do something to a rule; that somebody else has deleted it meanwhile is no error."""
    try:
        yield
    except AwsRefused as refusal:
        if refusal.code != _GONE:
            raise


def listener_of(rule_arn: str) -> str:
    """The ARN of the listener that a rule is of, which is told by the rule's own."""
    return rule_arn.replace(":listener-rule/", ":listener/").rpartition("/")[0]
