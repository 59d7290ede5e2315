"""What a load balancer does with a request: listeners, their rules, their certificates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from herogate.local.resources import Context, Handler, Properties, resource
from herogate.local.resources.elbv2_balancer import attributes_to_set, retag
from herogate.local.resources.outcomes import absence_is_fine, undone_on_failure
from herogate.local.resources.requests import changed, only, send
from herogate.local.resources.tags import with_tags


@resource(
    "AWS::ElasticLoadBalancingV2::Listener",
    "AlpnPolicy",
    "Certificates",
    "DefaultActions",
    "ListenerAttributes",
    "LoadBalancerArn",
    "MutualAuthentication",
    "Port",
    "Protocol",
    "SslPolicy",
    "Tags",
)
class Listener(Handler):
    """A port of a load balancer, with what happens when no rule matches. Its id is the ARN."""

    def create(self, context: Context, properties: Properties) -> str:
        elbv2 = context.client("elbv2")
        made = send(elbv2, "create_listener", with_tags(context, properties))
        arn = str(made["Listeners"][0]["ListenerArn"])
        with undone_on_failure(self, context, arn, properties):
            self._configure(elbv2, arn, properties, {})
        return arn

    def update(
        self, context: Context, physical_id: str, properties: Properties, previous: Properties
    ) -> None:
        elbv2 = context.client("elbv2")
        send(elbv2, "modify_listener", {"ListenerArn": physical_id, **properties})
        self._configure(elbv2, physical_id, properties, previous)
        retag(context, physical_id, properties, previous)

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        with absence_is_fine():
            context.client("elbv2").delete_listener(ListenerArn=physical_id)

    def attributes(self, context: Context, physical_id: str) -> Mapping[str, Any]:
        return {"ListenerArn": physical_id}

    def _configure(
        self, elbv2: Any, arn: str, properties: Properties, previous: Properties
    ) -> None:
        after, before = properties.get("ListenerAttributes"), previous.get("ListenerAttributes")
        defaults = {pair["Key"]: "" for pair in before or []}
        if attributes := attributes_to_set(after, before, defaults):
            elbv2.modify_listener_attributes(ListenerArn=arn, Attributes=attributes)


@resource(
    "AWS::ElasticLoadBalancingV2::ListenerRule",
    "Actions",
    "Conditions",
    "ListenerArn",
    "Priority",
    "Tags",
)
class ListenerRule(Handler):
    """Which requests go where, tried in the order of priorities. Its id is the ARN."""

    def create(self, context: Context, properties: Properties) -> str:
        made = send(context.client("elbv2"), "create_rule", with_tags(context, properties))
        return str(made["Rules"][0]["RuleArn"])

    def update(
        self, context: Context, physical_id: str, properties: Properties, previous: Properties
    ) -> None:
        elbv2 = context.client("elbv2")
        rule = {"RuleArn": physical_id, **properties}
        send(elbv2, "modify_rule", rule)
        if changed("Priority", properties, previous):
            place = only(rule, ("RuleArn", "Priority"))
            send(elbv2, "set_rule_priorities", {"RulePriorities": [place]})
        retag(context, physical_id, properties, previous)

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        with absence_is_fine():
            context.client("elbv2").delete_rule(RuleArn=physical_id)

    def attributes(self, context: Context, physical_id: str) -> Mapping[str, Any]:
        rule = context.client("elbv2").describe_rules(RuleArns=[physical_id])["Rules"][0]
        return {"RuleArn": physical_id, "IsDefault": rule["IsDefault"]}


@resource("AWS::ElasticLoadBalancingV2::ListenerCertificate", "Certificates", "ListenerArn")
class ListenerCertificate(Handler):
    """Further certificates of a listener, by server name. The listener's own are not its business."""

    def create(self, context: Context, properties: Properties) -> str:
        send(context.client("elbv2"), "add_listener_certificates", properties)
        return context.physical_name(255)

    def update(
        self, context: Context, physical_id: str, properties: Properties, previous: Properties
    ) -> None:
        elbv2 = context.client("elbv2")
        before, after = previous["Certificates"], properties["Certificates"]
        added = [each for each in after if each not in before]
        removed = [each for each in before if each not in after]
        for method, certificates in (
            ("add_listener_certificates", added),
            ("remove_listener_certificates", removed),
        ):
            if certificates:
                send(elbv2, method, {**properties, "Certificates": certificates})

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        with absence_is_fine():
            send(context.client("elbv2"), "remove_listener_certificates", properties)

    def attributes(self, context: Context, physical_id: str) -> Mapping[str, Any]:
        return {"Id": physical_id}
