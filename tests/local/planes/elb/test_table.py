"""The router's table travels as JSON and comes back the same."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from herogate.local.planes.elb.encoding import from_json, to_json
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


SHARED = Listener(
    arn="one",
    port=443,
    protocol=Protocol.HTTPS,
    certificates=(Certificate(arn="a", names=("*.a.example.com",)),),
    rules=(Rule(action=FixedResponse(status=404, body="one")),),
)
BESIDE = replace(
    SHARED, arn="two", certificates=(Certificate(arn="b", names=("*.b.example.com",)),)
)


def test_listeners_of_several_load_balancers_at_one_port_stand_side_by_side() -> None:
    shared = Table(
        load_balancers=(
            LoadBalancer(arn="first", listeners=(SHARED,)),
            LoadBalancer(arn="second", listeners=(BESIDE,)),
        )
    )
    assert shared.declared == (SHARED, BESIDE)
    (listener,) = shared.listeners.values()
    assert listener == replace(SHARED, beside=(BESIDE,))
    assert [each.arn for each in listener.all_certificates] == ["a", "b"]
    assert from_json(Listener, to_json(listener)) == listener


@pytest.mark.parametrize(
    ("protocol", "port", "shares"),
    [
        (Protocol.HTTPS, 443, True),
        (Protocol.HTTP, 443, False),
        (Protocol.HTTP, 80, False),
        (Protocol.HTTPS, 8443, False),
    ],
)
def test_only_the_port_that_no_url_names_is_shared(
    protocol: Protocol, port: int, shares: bool
) -> None:
    assert SHARED.can_share(protocol, port) is shares
    assert not replace(SHARED, port=8443).can_share(Protocol.HTTPS, 8443)


def test_tables_of_regions_add_up() -> None:
    assert Table() + EVERYTHING == EVERYTHING
    assert sorted((Table() + EVERYTHING).listeners) == [80, 8443]
