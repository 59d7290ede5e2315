"""An app's place on a load balancer: its target group, the way to it, and the page in front.

The way always forwards to the target group, since ECS refuses a service whose target group has no load
balancer. The *page rule* before it answers with a page. It is switched off and on by `ModifyRule`, never
by the template: off, it forwards as well.
"""

from __future__ import annotations

from dataclasses import dataclass

from troposphere import AWSObject, Ref, Tags
from troposphere.elasticloadbalancingv2 import (
    Action,
    Condition,
    FixedResponseConfig,
    HostHeaderConfig,
    Listener,
    ListenerRule,
    ListenerRuleAction,
    Matcher,
    PathPatternConfig,
    TargetGroup,
    TargetGroupAttribute,
)
from troposphere.route53 import AliasTarget, RecordSetType

from stacks import names
from stacks.app_options import Options
from stacks.parts import pages
from stacks.parts.policies import Statement, allow
from stacks.places import priorities

_SWITCHING = "elasticloadbalancing:ModifyRule"


@dataclass(frozen=True, kw_only=True)
class Routing:
    """The resources of an app's place.

    Attributes:
        switching: the right to switch the app's pages off and on.
    """

    web_url: str
    target_group: TargetGroup
    way: Listener | ListenerRule
    page_rule: ListenerRule
    switching: Statement

    @property
    def resources(self) -> tuple[AWSObject, ...]:
        """All of them, for the template."""
        return (self.target_group, self.way, self.page_rule)


def at_port(
    app: str,
    target_group: TargetGroup,
    *,
    load_balancer_arn: str,
    load_balancer_dns_name: str,
    port: int,
    tags: Tags,
) -> Routing:
    """A place with a port of its own."""
    way = _listener(target_group, load_balancer_arn=load_balancer_arn, port=port, tags=tags)
    page = _page_rule(app, listener_arn=Ref(way), priority=1, condition=_everything(), tags=tags)
    return Routing(
        web_url=f"http://{load_balancer_dns_name}:{port}",
        target_group=target_group,
        way=way,
        page_rule=page,
        switching=allow([_SWITCHING], [Ref(page)]),
    )


def at_host(
    app: str,
    target_group: TargetGroup,
    *,
    listener_arn: str,
    place: int,
    host: str,
    tags: Tags,
) -> Routing:
    """A place on a shared HTTPS listener, under a host of its own."""
    first, behind = priorities(place)
    way = _host_rule(target_group, listener_arn=listener_arn, priority=behind, host=host, tags=tags)
    page = _page_rule(
        app, listener_arn=listener_arn, priority=first, condition=_of_host(host), tags=tags
    )
    # Domains may bring rules more, on the listener that apps share: the tag tells whose they are.
    rules = f"{listener_arn.replace(':listener/', ':listener-rule/')}/*"
    return Routing(
        web_url=f"https://{host}",
        target_group=target_group,
        way=way,
        page_rule=page,
        switching=allow(
            [_SWITCHING], [rules], {"StringEquals": {f"aws:ResourceTag/{names.APP_TAG}": app}}
        ),
    )


def target_group(app: str, options: Options, *, vpc_id: str, tags: Tags) -> TargetGroup:
    """The app's web processes.

    The port is a default; each task registers with the port of its release.
    """
    return TargetGroup(
        "TargetGroup",
        Name=names.target_group(app),
        VpcId=vpc_id,
        TargetType="ip",
        Protocol="HTTP",
        Port=8080,
        HealthCheckProtocol="HTTP",
        HealthCheckPath=options.health_check_path,
        HealthCheckIntervalSeconds=options.health_check_interval_seconds,
        HealthCheckTimeoutSeconds=options.health_check_timeout_seconds,
        HealthyThresholdCount=2,
        UnhealthyThresholdCount=options.unhealthy_threshold,
        Matcher=Matcher(HttpCode=options.health_check_matcher),
        TargetGroupAttributes=[
            TargetGroupAttribute(
                Key="deregistration_delay.timeout_seconds",
                Value=str(options.deregistration_delay_seconds),
            )
        ],
        Tags=tags,
    )


def _listener(
    target_group: TargetGroup, *, load_balancer_arn: str, port: int, tags: Tags
) -> Listener:
    """A port of the app's own, all of it the app's."""
    return Listener(
        "Listener",
        LoadBalancerArn=load_balancer_arn,
        Port=port,
        Protocol="HTTP",
        DefaultActions=[Action(Type="forward", TargetGroupArn=Ref(target_group))],
        Tags=tags,
    )


def _host_rule(
    target_group: TargetGroup, *, listener_arn: str, priority: int, host: str, tags: Tags
) -> ListenerRule:
    """A host of the app's own, on a listener shared with other apps."""
    return ListenerRule(
        "HostRule",
        ListenerArn=listener_arn,
        Priority=priority,
        Conditions=[_of_host(host)],
        Actions=[ListenerRuleAction(Type="forward", TargetGroupArn=Ref(target_group))],
        Tags=tags,
    )


def _page_rule(
    app: str,
    *,
    listener_arn: object,
    priority: int,
    condition: Condition,
    tags: Tags,
) -> ListenerRule:
    """What everybody sees until something was released."""
    return ListenerRule(
        "PageRule",
        ListenerArn=listener_arn,
        Priority=priority,
        Conditions=[condition],
        Actions=[
            ListenerRuleAction(
                Type="fixed-response",
                FixedResponseConfig=FixedResponseConfig(
                    StatusCode=str(pages.NOTHING_HERE_STATUS),
                    ContentType="text/html",
                    MessageBody=pages.nothing_here_yet(app),
                ),
            )
        ],
        Tags=tags,
    )


def _everything() -> Condition:
    """Any request at all."""
    return Condition(Field="path-pattern", PathPatternConfig=PathPatternConfig(Values=["/*"]))


def _of_host(host: str) -> Condition:
    """Requests for one host."""
    return Condition(Field="host-header", HostHeaderConfig=HostHeaderConfig(Values=[host]))


def host_record(
    host: str, *, hosted_zone_id: str, load_balancer_dns_name: str, load_balancer_zone_id: str
) -> RecordSetType:
    """The host's own DNS record, where the space's wildcard record points elsewhere."""
    return RecordSetType(
        "HostRecord",
        HostedZoneId=hosted_zone_id,
        Name=host,
        Type="A",
        AliasTarget=AliasTarget(DNSName=load_balancer_dns_name, HostedZoneId=load_balancer_zone_id),
    )
