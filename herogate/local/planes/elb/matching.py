"""Which rule of a listener a request falls to, and where a redirect sends it. Pure.

Wildcards, cases and the order of rules are those of the Elastic Load Balancing API reference
(RuleCondition and its configurations, RedirectActionConfig).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from ipaddress import ip_address, ip_network

from herogate.local.planes.elb.table import (
    Action,
    Condition,
    HostHeader,
    HttpHeader,
    Listener,
    PathPattern,
    Protocol,
    QueryString,
    Redirect,
    RequestMethod,
    Rule,
    SourceIp,
)


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What rules may ask of a request.

    `host` is the Host header's value without its port, `path` and `query` are as sent (still
    percent-encoded), `source` is the address of the connection's other end.
    """

    method: str
    host: str
    path: str
    query: str
    headers: Sequence[tuple[str, str]]
    source: str
    protocol: Protocol
    port: int


def listener_for(listener: Listener, host: str) -> Listener:
    """Whose a request for a host is, of a listener and those beside it: on AWS, DNS leads there.

    The first that has a rule for the host; else that has a certificate for it; else the first of all.
    """
    asked = (_has_rule_for, _has_certificate_for)
    found = (each for has in asked for each in listener.all if has(each, host))
    return next(found, listener) if listener.beside else listener


def action_for(rules: Iterable[Rule], facts: Facts) -> Action:
    """The action of the first rule whose conditions all hold.

    The last rule of a listener is its default and has no conditions, so there always is one.
    """
    return next(
        rule.action
        for rule in rules
        if all(holds(condition, facts) for condition in rule.conditions)
    )


def holds(condition: Condition, facts: Facts) -> bool:
    """Whether a condition is true of a request."""
    match condition:
        case HostHeader(values=values):
            return _any(values, facts.host)
        case PathPattern(values=values):
            return any(_pattern(value, cased=True).fullmatch(facts.path) for value in values)
        case HttpHeader(name=name, values=values):
            found = (value for key, value in facts.headers if key.lower() == name.lower())
            return any(_any(values, value) for value in found)
        case RequestMethod(values=values):
            return facts.method in values
        case QueryString():
            return _query_holds(condition, facts.query)
        case SourceIp(values=values):
            return any(
                ip_address(facts.source) in ip_network(value, strict=False) for value in values
            )


def location(redirect: Redirect, facts: Facts) -> str:
    """The URL a redirect sends a request to; like AWS's it always names the port."""
    protocol = _fill(redirect.protocol, facts).lower()
    authority = f"{_fill(redirect.host, facts)}:{_fill(redirect.port, facts)}"
    path, query = _fill(redirect.path, facts), _fill(redirect.query, facts)
    return f"{protocol}://{authority}{path}" + (f"?{query}" if query else "")


def redirects_to_itself(redirect: Redirect, protocol: Protocol, port: int) -> bool:
    """Whether no part but the query differs from a request to this listener: a loop."""
    return (
        redirect.protocol in ("#{protocol}", protocol)
        and redirect.host == "#{host}"
        and redirect.port in ("#{port}", str(port))
        and redirect.path == "/#{path}"
    )


def _has_rule_for(listener: Listener, host: str) -> bool:
    conditions = (condition for rule in listener.rules for condition in rule.conditions)
    return any(isinstance(each, HostHeader) and _any(each.values, host) for each in conditions)


def _has_certificate_for(listener: Listener, host: str) -> bool:
    return any(certificate.covers(host) for certificate in listener.certificates)


def _fill(template: str, facts: Facts) -> str:
    values = {
        "protocol": facts.protocol.scheme,
        "host": facts.host,
        "port": str(facts.port),
        "path": facts.path.removeprefix("/"),
        "query": facts.query,
    }
    return re.sub(r"#\{(protocol|host|port|path|query)\}", lambda word: values[word[1]], template)


def _any(patterns: Iterable[str], text: str) -> bool:
    return any(_pattern(pattern, cased=False).fullmatch(text) for pattern in patterns)


def _query_holds(condition: QueryString, query: str) -> bool:
    pairs = [part.partition("=")[::2] for part in query.split("&") if part]
    return any(
        (wanted.key is None or _pattern(wanted.key, cased=False, escapes=True).fullmatch(key))
        and _pattern(wanted.value, cased=False, escapes=True).fullmatch(value)
        for wanted in condition.values
        for key, value in pairs
    )


@cache
def _pattern(pattern: str, *, cased: bool, escapes: bool = False) -> re.Pattern[str]:
    """``*`` is any text, ``?`` any one character; in queries a backslash takes the magic off."""
    tokens = re.findall(r"\\[*?\\]|." if escapes else r".", pattern, re.DOTALL)
    magic = {"*": ".*", "?": "."}
    body = "".join(
        magic.get(token) or re.escape(token[-1] if len(token) > 1 else token) for token in tokens
    )
    return re.compile(body, re.DOTALL if cased else re.DOTALL | re.IGNORECASE)
