"""Load balancers and the target groups behind them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from herogate.local.errors import AwsError
from herogate.local.resources import Context, Handler, Properties, resource
from herogate.local.resources.outcomes import absence_is_fine, exists, undone_on_failure
from herogate.local.resources.requests import changed, only, send
from herogate.local.resources.tags import dropped, listed, wanted, with_tags

_BALANCER_DEFAULTS = {
    "access_logs.s3.bucket": "",
    "access_logs.s3.enabled": "false",
    "access_logs.s3.prefix": "",
    "client_keep_alive.seconds": "3600",
    "connection_logs.s3.bucket": "",
    "connection_logs.s3.enabled": "false",
    "connection_logs.s3.prefix": "",
    "deletion_protection.enabled": "false",
    "idle_timeout.timeout_seconds": "60",
    "routing.http.desync_mitigation_mode": "defensive",
    "routing.http.drop_invalid_header_fields.enabled": "false",
    "routing.http.preserve_host_header.enabled": "false",
    "routing.http.x_amzn_tls_version_and_cipher_suite.enabled": "false",
    "routing.http.xff_client_port.enabled": "false",
    "routing.http.xff_header_processing.mode": "append",
    "routing.http2.enabled": "true",
    "waf.fail_open.enabled": "false",
}
"""What an attribute returns to when a template drops it (ELB's ``LoadBalancerAttribute`` reference)."""

_GROUP_DEFAULTS = {
    "deregistration_delay.timeout_seconds": "300",
    "load_balancing.algorithm.type": "round_robin",
    "load_balancing.cross_zone.enabled": "use_load_balancer_configuration",
    "slow_start.duration_seconds": "0",
    "stickiness.enabled": "false",
    "stickiness.lb_cookie.duration_seconds": "86400",
    "stickiness.type": "lb_cookie",
}

_CHECK_DEFAULTS = {
    "HealthCheckEnabled": True,
    "HealthCheckIntervalSeconds": 30,
    "HealthCheckPath": "/",
    "HealthCheckPort": "traffic-port",
    "HealthCheckProtocol": "HTTP",
    "HealthCheckTimeoutSeconds": 5,
    "HealthyThresholdCount": 5,
    "Matcher": {"HttpCode": "200"},
    "UnhealthyThresholdCount": 2,
}
"""An HTTP target group's health check where a template says nothing."""


def retag(context: Context, arn: str, properties: Properties, previous: Properties) -> None:
    """Bring the tags of anything of the load balancing service up to date."""
    elbv2 = context.client("elbv2")
    if tags := listed(wanted(context, properties)):
        elbv2.add_tags(ResourceArns=[arn], Tags=tags)
    if keys := dropped(context, properties, previous):
        elbv2.remove_tags(ResourceArns=[arn], TagKeys=keys)


def attributes_to_set(
    wanted_pairs: list[Properties] | None,
    previous_pairs: list[Properties] | None,
    defaults: Mapping[str, str],
) -> list[dict[str, str]]:
    """The attributes to send: those wanted, and the defaults of those an update drops."""
    pairs = {pair["Key"]: str(pair["Value"]) for pair in wanted_pairs or []}
    for pair in previous_pairs or []:
        if pair["Key"] not in pairs and pair["Key"] in defaults:
            pairs[pair["Key"]] = defaults[pair["Key"]]
    return listed(pairs)


@resource(
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    "IpAddressType",
    "LoadBalancerAttributes",
    "Name",
    "Scheme",
    "SecurityGroups",
    "SubnetMappings",
    "Subnets",
    "Tags",
    "Type",
)
class LoadBalancer(Handler):
    """An application or network load balancer. Its physical id is the ARN."""

    def create(self, context: Context, properties: Properties) -> str:
        elbv2 = context.client("elbv2")
        named = {"Name": context.physical_name(32)} | with_tags(context, properties)
        made = send(elbv2, "create_load_balancer", named)
        arn = str(made["LoadBalancers"][0]["LoadBalancerArn"])
        with undone_on_failure(self, context, arn, properties):
            self._configure(elbv2, arn, properties, {})
        return arn

    def is_ready(self, context: Context, physical_id: str) -> bool:
        state = self._find(context, physical_id)["State"]
        if state["Code"] == "failed":
            raise AwsError("NotStabilized", state.get("Reason", "The load balancer failed"))
        return bool(state["Code"] == "active")

    def update(
        self, context: Context, physical_id: str, properties: Properties, previous: Properties
    ) -> None:
        elbv2 = context.client("elbv2")
        given = {"LoadBalancerArn": physical_id, **properties}
        if changed("Subnets", properties, previous) or changed(
            "SubnetMappings", properties, previous
        ):
            send(
                elbv2, "set_subnets", only(given, ("LoadBalancerArn", "Subnets", "SubnetMappings"))
            )
        if changed("SecurityGroups", properties, previous):
            groups = properties.get("SecurityGroups") or self._default_groups(context, physical_id)
            send(elbv2, "set_security_groups", {**given, "SecurityGroups": groups})
        if changed("IpAddressType", properties, previous):
            send(elbv2, "set_ip_address_type", {"IpAddressType": "ipv4", **given})
        self._configure(elbv2, physical_id, properties, previous)
        retag(context, physical_id, properties, previous)

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        with absence_is_fine():
            context.client("elbv2").delete_load_balancer(LoadBalancerArn=physical_id)

    def is_gone(self, context: Context, physical_id: str) -> bool:
        return not exists(
            context.client("elbv2").describe_load_balancers, LoadBalancerArns=[physical_id]
        )

    def attributes(self, context: Context, physical_id: str) -> Mapping[str, Any]:
        balancer = self._find(context, physical_id)
        return {
            "LoadBalancerArn": physical_id,
            "LoadBalancerName": balancer["LoadBalancerName"],
            "LoadBalancerFullName": physical_id.partition(":loadbalancer/")[2],
            "DNSName": balancer["DNSName"],
            "CanonicalHostedZoneID": balancer["CanonicalHostedZoneId"],
            "SecurityGroups": balancer.get("SecurityGroups", []),
        }

    def _configure(
        self, elbv2: Any, arn: str, properties: Properties, previous: Properties
    ) -> None:
        attributes = attributes_to_set(
            properties.get("LoadBalancerAttributes"),
            previous.get("LoadBalancerAttributes"),
            _BALANCER_DEFAULTS,
        )
        if attributes:
            elbv2.modify_load_balancer_attributes(LoadBalancerArn=arn, Attributes=attributes)

    def _default_groups(self, context: Context, arn: str) -> list[str]:
        """What a load balancer has whose template names no groups: its VPC's default group."""
        wanted = {"vpc-id": self._find(context, arn)["VpcId"], "group-name": "default"}
        filters = [{"Name": name, "Values": [value]} for name, value in wanted.items()]
        found = context.client("ec2").describe_security_groups(Filters=filters)
        return [group["GroupId"] for group in found["SecurityGroups"]]

    def _find(self, context: Context, arn: str) -> dict[str, Any]:
        found = context.client("elbv2").describe_load_balancers(LoadBalancerArns=[arn])
        return dict(found["LoadBalancers"][0])


@resource(
    "AWS::ElasticLoadBalancingV2::TargetGroup",
    *_CHECK_DEFAULTS,
    "IpAddressType",
    "Name",
    "Port",
    "Protocol",
    "ProtocolVersion",
    "Tags",
    "TargetGroupAttributes",
    "TargetType",
    "Targets",
    "VpcId",
)
class TargetGroup(Handler):
    """Where a load balancer sends requests, and how it knows who is alive. Its id is the ARN."""

    def create(self, context: Context, properties: Properties) -> str:
        elbv2 = context.client("elbv2")
        named = {"Name": context.physical_name(32)} | with_tags(context, properties)
        made = send(elbv2, "create_target_group", named)
        arn = str(made["TargetGroups"][0]["TargetGroupArn"])
        with undone_on_failure(self, context, arn, properties):
            self._configure(elbv2, arn, properties, {})
        return arn

    def update(
        self, context: Context, physical_id: str, properties: Properties, previous: Properties
    ) -> None:
        elbv2 = context.client("elbv2")
        check = {
            name: properties.get(name, default)
            for name, default in _CHECK_DEFAULTS.items()
            if name in properties or name in previous
        }
        if check != only(previous, _CHECK_DEFAULTS):
            send(elbv2, "modify_target_group", {"TargetGroupArn": physical_id, **check})
        self._configure(elbv2, physical_id, properties, previous)
        retag(context, physical_id, properties, previous)

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        with absence_is_fine():
            context.client("elbv2").delete_target_group(TargetGroupArn=physical_id)

    def attributes(self, context: Context, physical_id: str) -> Mapping[str, Any]:
        found = context.client("elbv2").describe_target_groups(TargetGroupArns=[physical_id])
        group = found["TargetGroups"][0]
        return {
            "TargetGroupArn": physical_id,
            "TargetGroupName": group["TargetGroupName"],
            "TargetGroupFullName": physical_id.rpartition(":")[2],
            "LoadBalancerArns": group.get("LoadBalancerArns", []),
        }

    def _configure(
        self, elbv2: Any, arn: str, properties: Properties, previous: Properties
    ) -> None:
        attributes = attributes_to_set(
            properties.get("TargetGroupAttributes"),
            previous.get("TargetGroupAttributes"),
            _GROUP_DEFAULTS,
        )
        if attributes:
            elbv2.modify_target_group_attributes(TargetGroupArn=arn, Attributes=attributes)
        before, after = previous.get("Targets") or [], properties.get("Targets") or []
        if removed := [target for target in before if target not in after]:
            send(elbv2, "deregister_targets", {"TargetGroupArn": arn, "Targets": removed})
        if added := [target for target in after if target not in before]:
            send(elbv2, "register_targets", {"TargetGroupArn": arn, "Targets": added})
