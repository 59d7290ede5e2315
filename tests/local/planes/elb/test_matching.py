"""Which rule a request falls to, and where redirects lead."""

from __future__ import annotations

from dataclasses import replace

import pytest
from load_balancing import page

from herogate.local.planes.elb.matching import (
    Facts,
    action_for,
    holds,
    listener_for,
    location,
    redirects_to_itself,
)
from herogate.local.planes.elb.table import (
    Certificate,
    Condition,
    HostHeader,
    HttpHeader,
    Listener,
    PathPattern,
    Protocol,
    QueryPair,
    QueryString,
    Redirect,
    RequestMethod,
    Rule,
    SourceIp,
)

FACTS = Facts(
    method="GET",
    host="Shop.Example.com",
    path="/Images/cat.png",
    query="Size=Big&tag=a*b&flag",
    headers=(("User-Agent", "Mozilla/5.0 (X11)"), ("X-Kind", "first"), ("x-kind", "second")),
    source="127.0.0.1",
    protocol=Protocol.HTTP,
    port=8001,
)

HERE = page("here").action


def query(value: str, key: str | None = None) -> QueryString:
    return QueryString(values=(QueryPair(key=key, value=value),))


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (HostHeader(values=("shop.example.com",)), True),
        (HostHeader(values=("*.EXAMPLE.com",)), True),
        (HostHeader(values=("?hop.example.com",)), True),
        (HostHeader(values=("example.com",)), False),
        (HostHeader(values=("shopXexample.com",)), False),
        (HostHeader(values=("other.com", "shop.*")), True),
        (PathPattern(values=("/Images/*",)), True),
        (PathPattern(values=("/images/*",)), False),
        (PathPattern(values=("/Images/cat.???",)), True),
        (PathPattern(values=("/Images",)), False),
        (PathPattern(values=("/Images/cat_png",)), False),
        (PathPattern(values=("*",)), True),
        (HttpHeader(name="user-agent", values=("mozilla*",)), True),
        (HttpHeader(name="X-Kind", values=("SECOND",)), True),
        (HttpHeader(name="X-Kind", values=("third",)), False),
        (HttpHeader(name="X-None", values=("*",)), False),
        (RequestMethod(values=("POST", "GET")), True),
        (RequestMethod(values=("get",)), False),
        (query("big", key="size"), True),
        (query("b?g"), True),
        (query("small", key="size"), False),
        (query("big", key="tag"), False),
        (query(r"a\*b", key="tag"), True),
        (query(r"a\*b*", key="size"), False),
        (query("*", key="flag"), True),
        (SourceIp(values=("127.0.0.0/8",)), True),
        (SourceIp(values=("10.0.0.0/8", "::1/128")), False),
    ],
)
def test_conditions_hold_as_the_api_reference_says(condition: Condition, expected: bool) -> None:
    assert holds(condition, FACTS) is expected


def test_an_ipv6_client_matches_an_ipv6_network() -> None:
    assert holds(SourceIp(values=("::1/128",)), replace(FACTS, source="::1"))


def test_the_first_rule_whose_conditions_all_hold_is_taken() -> None:
    elsewhere = PathPattern(values=("/nowhere",))
    here = HostHeader(values=("shop.example.com",))
    rules = [
        replace(page("half"), conditions=(here, elsewhere)),
        replace(page("first"), conditions=(here,)),
        replace(page("second"), conditions=(here,)),
        page("default"),
    ]
    assert action_for(rules, FACTS) == rules[1].action
    assert action_for(rules, replace(FACTS, host="other")) == rules[3].action


@pytest.mark.parametrize(
    ("redirect", "expected"),
    [
        (
            Redirect(status=301, protocol="HTTPS", port="443"),
            "https://Shop.Example.com:443/Images/cat.png?Size=Big&tag=a*b&flag",
        ),
        (
            Redirect(status=302, host="www.#{host}", path="/#{port}/#{path}", query=""),
            "http://www.Shop.Example.com:8001/8001/Images/cat.png",
        ),
        (
            Redirect(status=302, path="/", query="from=#{protocol}&was=#{query}"),
            "http://Shop.Example.com:8001/?from=http&was=Size=Big&tag=a*b&flag",
        ),
    ],
)
def test_a_redirect_quotes_the_request(redirect: Redirect, expected: str) -> None:
    assert location(redirect, FACTS) == expected


@pytest.mark.parametrize(
    ("redirect", "expected"),
    [
        (Redirect(status=301), True),
        (Redirect(status=301, query="a=b"), True),
        (Redirect(status=301, protocol="HTTP", port="8001"), True),
        (Redirect(status=301, protocol="HTTPS"), False),
        (Redirect(status=301, port="9"), False),
        (Redirect(status=301, host="www.#{host}"), False),
        (Redirect(status=301, path="/x/#{path}"), False),
    ],
)
def test_a_redirect_that_changes_nothing_but_the_query_is_a_loop(
    redirect: Redirect, expected: bool
) -> None:
    assert redirects_to_itself(redirect, Protocol.HTTP, 8001) is expected


def test_a_rule_without_conditions_always_applies() -> None:
    rule = Rule(action=Redirect(status=301, port="1"))
    assert action_for([rule], FACTS) == rule.action


def _secured(name: str, *hosts: str) -> Listener:
    """A listener with a certificate for a domain, and rules for hosts."""
    rules = (Rule(conditions=(HostHeader(values=(host,)),), action=HERE) for host in hosts)
    certificate = Certificate(arn=name, names=(f"*.{name}",))
    return Listener(
        arn=name, port=443, certificates=(certificate,), rules=(*rules, Rule(action=HERE))
    )


@pytest.mark.parametrize(
    ("host", "whose"),
    [
        ("shop.a.example", "a.example"),
        ("www.shop.example", "b.example"),
        ("WWW.Shop.Example", "b.example"),
        ("new.b.example", "b.example"),
        ("deep.new.b.example", "a.example"),
        ("nowhere.example", "a.example"),
    ],
)
def test_of_listeners_at_one_port_that_takes_a_request_which_knows_its_host(
    host: str, whose: str
) -> None:
    first, second = _secured("a.example", "shop.a.example"), _secured("b.example", "www.shop.*")
    assert listener_for(replace(first, beside=(second,)), host).arn == whose
    assert listener_for(first, host) is first
