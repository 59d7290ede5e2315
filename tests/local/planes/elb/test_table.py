"""The router's table travels as JSON and comes back the same."""

from __future__ import annotations

import json

from herogate.local.planes.elb.table import (
    Certificate,
    DesyncMode,
    FixedResponse,
    Forward,
    ForwardedFor,
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
    TargetState,
    from_json,
    to_json,
)

CONDITIONS = (
    HostHeader(values=("*.example.com",)),
    PathPattern(values=("/a", "/b/*")),
    HttpHeader(name="User-Agent", values=("curl*",)),
    RequestMethod(values=("GET",)),
    QueryString(values=(QueryPair(key="a", value="1"), QueryPair(value="2"))),
    SourceIp(values=("127.0.0.0/8",)),
)

EVERYTHING = Table(
    load_balancers=(
        LoadBalancer(
            arn="balancer",
            listeners=(
                Listener(
                    arn="listener",
                    port=8443,
                    protocol=Protocol.HTTPS,
                    certificates=(Certificate(arn="certificate", names=("a.example.com",)),),
                    settings=Settings(
                        idle_timeout_seconds=5,
                        drop_invalid_header_fields=True,
                        desync_mode=DesyncMode.STRICTEST,
                        preserve_host_header=True,
                        forwarded_for=ForwardedFor.REMOVE,
                        forwarded_for_client_port=True,
                    ),
                    rules=(
                        Rule(conditions=CONDITIONS, action=Redirect(status=302, port="443")),
                        Rule(action=Forward(shares=(Share(target_group_arn="g", weight=3),))),
                    ),
                ),
                Listener(arn="plain", port=80, rules=(Rule(action=FixedResponse(status=404)),)),
            ),
        ),
    ),
    target_groups=(
        TargetGroup(
            arn="g",
            protocol=Protocol.HTTPS,
            targets=(Target(address="10.0.0.1", port=1, state=TargetState.DRAINING),),
        ),
    ),
)


def test_a_table_comes_back_from_json_as_it_was() -> None:
    assert from_json(Table, json.loads(json.dumps(to_json(EVERYTHING)))) == EVERYTHING


def test_tables_of_regions_add_up() -> None:
    assert Table() + EVERYTHING == EVERYTHING
    assert sorted((Table() + EVERYTHING).listeners) == [80, 8443]
