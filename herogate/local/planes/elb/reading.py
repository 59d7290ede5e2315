"""From what the API declares to a table: one region's load balancers as the router is to serve them.

Reads through the API alone, as any client could; only registered targets come from elsewhere.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from herogate.local.errors import AwsError
from herogate.local.planes.elb.table import (
    Action,
    Certificate,
    Condition,
    DesyncMode,
    FixedResponse,
    Forward,
    ForwardedFor,
    HealthCheck,
    HostHeader,
    HttpHeader,
    Listener,
    LoadBalancer,
    PathPattern,
    Protocol,
    QueryPair,
    QueryString,
    Redirect,
    RequestMethod,
    Rule,
    Settings,
    Share,
    SourceIp,
    Table,
    Target,
    TargetGroup,
)

Document = Mapping[str, Any]
Ask = Callable[[str, str, Document], Awaitable[Document]]
"""An API call in one region: service, operation and parameters in, the result out."""

Targets = Callable[[str, HealthCheck | None], Iterable[Target]]
"""The registered targets of a target group, by its ARN and how they are asked for their health."""


async def read_table(
    ask: Ask, targets: Targets, *, unchanged: Mapping[str, Listener] | None = None
) -> Table:
    """Everything that a region declares for the router.

    Args:
        unchanged: listeners by ARN that need no second look; asking for each one's rules is what
            takes time where there are many.
    """
    known = unchanged or {}
    balancers = [await _load_balancer(ask, each, known) for each in await _load_balancers(ask)]
    groups = (await ask("elbv2", "DescribeTargetGroups", {})).get("TargetGroups", [])
    return Table(
        load_balancers=tuple(balancers),
        target_groups=tuple(_target_group(group, targets) for group in groups),
    )


async def _load_balancers(ask: Ask) -> list[Document]:
    found: list[Document] = []
    page: Document = {}
    while True:
        answer = await ask("elbv2", "DescribeLoadBalancers", page)
        found += answer.get("LoadBalancers", [])
        if not answer.get("NextMarker"):
            return found
        page = {"Marker": answer["NextMarker"]}


async def _load_balancer(
    ask: Ask, document: Document, known: Mapping[str, Listener]
) -> LoadBalancer:
    of_balancer = {"LoadBalancerArn": document["LoadBalancerArn"]}
    attributes = await ask("elbv2", "DescribeLoadBalancerAttributes", of_balancer)
    chosen = settings(attributes["Attributes"])
    answer = await ask("elbv2", "DescribeListeners", of_balancer)
    listeners = []
    for each in answer.get("Listeners", []):
        present = known.get(each["ListenerArn"])
        kept = replace(present, settings=chosen) if present else None
        listeners.append(kept or await _listener(ask, each, chosen))
    return LoadBalancer(arn=document["LoadBalancerArn"], listeners=tuple(listeners))


async def _listener(ask: Ask, document: Document, chosen: Settings) -> Listener:
    arn = document["ListenerArn"]
    rules: list[Document] = []
    page: Document = {}
    while not rules or page:
        answer = await ask("elbv2", "DescribeRules", {"ListenerArn": arn, **page})
        rules += answer["Rules"]
        page = {"Marker": answer["NextMarker"]} if answer.get("NextMarker") else {}
    return Listener(
        arn=arn,
        port=document["Port"],
        protocol=Protocol(document["Protocol"]),
        certificates=await _certificates(ask, document),
        settings=chosen,
        rules=tuple(rule(each) for each in sorted(rules, key=place)),
    )


async def _certificates(ask: Ask, document: Document) -> tuple[Certificate, ...]:
    if document["Protocol"] != Protocol.HTTPS:
        return ()
    of_listener = {"ListenerArn": document["ListenerArn"]}
    further = await ask("elbv2", "DescribeListenerCertificates", of_listener)
    named = [*document.get("Certificates", []), *further.get("Certificates", [])]
    arns = dict.fromkeys(each["CertificateArn"] for each in named)
    return tuple([await _certificate(ask, arn) for arn in arns])


async def _certificate(ask: Ask, arn: str) -> Certificate:
    try:
        answer = await ask("acm", "DescribeCertificate", {"CertificateArn": arn})
    except AwsError:  # deleted behind the listener's back; its port must still be served
        return Certificate(arn=arn, names=("localhost",))
    found = answer["Certificate"]
    names = [found["DomainName"], *found.get("SubjectAlternativeNames", [])]
    return Certificate(arn=arn, names=tuple(dict.fromkeys(names)))


def _target_group(document: Document, targets: Targets) -> TargetGroup:
    arn, check = document["TargetGroupArn"], health_check(document)
    return TargetGroup(
        arn=arn,
        protocol=Protocol(document.get("Protocol", Protocol.HTTP)),
        health_check=check,
        targets=tuple(targets(arn, check)),
    )


def health_check(document: Document) -> HealthCheck | None:
    """How a target group's targets are to be asked, as DescribeTargetGroups tells it."""
    if not document.get("HealthCheckEnabled", True):
        return None
    plain = HealthCheck()
    port = document.get("HealthCheckPort", "traffic-port")
    matcher = document.get("Matcher", {}).get("HttpCode")
    return HealthCheck(
        protocol=Protocol(document.get("HealthCheckProtocol", plain.protocol)),
        port=int(port) if port.isdigit() else None,
        path=document.get("HealthCheckPath", plain.path),
        interval_seconds=document.get("HealthCheckIntervalSeconds", plain.interval_seconds),
        timeout_seconds=document.get("HealthCheckTimeoutSeconds", plain.timeout_seconds),
        healthy_threshold=document.get("HealthyThresholdCount", plain.healthy_threshold),
        unhealthy_threshold=document.get("UnhealthyThresholdCount", plain.unhealthy_threshold),
        matcher=matcher or plain.matcher,
    )


def settings(attributes: Iterable[Document]) -> Settings:
    """A load balancer's attributes, as far as they change how traffic is treated."""
    value = {each["Key"]: each["Value"] for each in attributes}
    plain = Settings()
    http = "routing.http."
    return Settings(
        idle_timeout_seconds=int(
            value.get("idle_timeout.timeout_seconds", plain.idle_timeout_seconds)
        ),
        drop_invalid_header_fields=value.get(f"{http}drop_invalid_header_fields.enabled") == "true",
        desync_mode=DesyncMode(value.get(f"{http}desync_mitigation_mode", plain.desync_mode)),
        preserve_host_header=value.get(f"{http}preserve_host_header.enabled") == "true",
        forwarded_for=ForwardedFor(
            value.get(f"{http}xff_header_processing.mode", plain.forwarded_for)
        ),
        forwarded_for_client_port=value.get(f"{http}xff_client_port.enabled") == "true",
    )


def place(document: Document) -> float:
    """Where a rule stands among the others of its listener: by priority, the default one last."""
    priority = document["Priority"]
    return float("inf") if priority == "default" else int(priority)


def rule(document: Document) -> Rule:
    """A rule as DescribeRules tells it."""
    conditions = tuple(condition(each) for each in document.get("Conditions", []))
    return Rule(conditions=conditions, action=action(document["Actions"]))


def action(documents: list[Document]) -> Action:
    """What a rule's actions come to: the last one, since none that precede it are supported."""
    last = max(documents, key=lambda each: each.get("Order", 0))
    if last["Type"] == "fixed-response":
        return _fixed_response(last["FixedResponseConfig"])
    if last["Type"] == "redirect":
        return redirect(last["RedirectConfig"])
    return Forward(shares=tuple(shares(last)))


def shares(document: Document) -> list[Share]:
    """The target groups of a forward action, named one way or the other, with their weights."""
    groups = document.get("ForwardConfig", {}).get("TargetGroups", [])
    if not groups:
        return [Share(target_group_arn=document["TargetGroupArn"])]
    return [
        Share(target_group_arn=each["TargetGroupArn"], weight=int(each.get("Weight", 1)))
        for each in groups
    ]


def redirect(config: Document) -> Redirect:
    """A redirect action; what it does not name stays as the request has it."""
    plain = Redirect(status=301)
    return Redirect(
        status=int(config["StatusCode"].removeprefix("HTTP_")),
        protocol=config.get("Protocol", plain.protocol),
        host=config.get("Host", plain.host),
        port=config.get("Port", plain.port),
        path=config.get("Path", plain.path),
        query=config.get("Query", plain.query),
    )


def _fixed_response(config: Document) -> FixedResponse:
    return FixedResponse(
        status=int(config["StatusCode"]),
        content_type=config.get("ContentType") or "text/plain",
        body=config.get("MessageBody", ""),
    )


def condition(document: Document) -> Condition:
    """A condition of a rule, in either of the API's two spellings."""
    field, plain = document["Field"], tuple(document.get("Values", []))
    if field == "host-header":
        return HostHeader(values=plain or _values(document, "HostHeaderConfig"))
    if field == "path-pattern":
        return PathPattern(values=plain or _values(document, "PathPatternConfig"))
    if field == "http-header":
        name = document["HttpHeaderConfig"]["HttpHeaderName"]
        return HttpHeader(name=name, values=_values(document, "HttpHeaderConfig"))
    if field == "http-request-method":
        return RequestMethod(values=_values(document, "HttpRequestMethodConfig"))
    if field == "source-ip":
        return SourceIp(values=_values(document, "SourceIpConfig"))
    pairs = document["QueryStringConfig"]["Values"]
    return QueryString(
        values=tuple(QueryPair(key=pair.get("Key"), value=pair["Value"]) for pair in pairs)
    )


def _values(document: Document, config: str) -> tuple[str, ...]:
    return tuple(document[config]["Values"])
