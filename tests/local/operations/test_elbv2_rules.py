"""Rules: their order, what AWS refuses in them, and that traffic follows every change at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from load_balancing import answer, free_port, get, listener, load_balancer, network
from local_cloud import LocalCloud

Refusal = Callable[..., tuple[str, str]]


@dataclass(frozen=True, kw_only=True)
class Shop:
    """A listener of the test's own."""

    elbv2: Any
    arn: str
    port: int

    def create(self, priority: int, path: str, body: str, **changed: Any) -> str:
        """Make a rule that answers on a path; its ARN."""
        made = self.elbv2.create_rule(**self.rule(priority, path, body, **changed))
        return str(made["Rules"][0]["RuleArn"])

    def rule(self, priority: int, path: str, body: str, **changed: Any) -> dict[str, Any]:
        """CreateRule's parameters."""
        known = {
            "ListenerArn": self.arn,
            "Priority": priority,
            "Conditions": [{"Field": "path-pattern", "Values": [path]}],
            "Actions": [answer(body)],
        }
        return {**known, **changed}

    def told(self) -> list[tuple[str, str]]:
        """The rules as described: priority, and body of the answer."""
        rules = self.elbv2.describe_rules(ListenerArn=self.arn)["Rules"]
        return [
            (rule["Priority"], rule["Actions"][0]["FixedResponseConfig"]["MessageBody"])
            for rule in rules
        ]

    def default_rule(self) -> str:
        rules = self.elbv2.describe_rules(ListenerArn=self.arn)["Rules"]
        return str(next(rule["RuleArn"] for rule in rules if rule["IsDefault"]))


@pytest.fixture(scope="module")
def balancer(cloud: LocalCloud) -> str:
    return load_balancer(cloud.client, "rules", network(cloud.client))


@pytest.fixture
def shop(cloud: LocalCloud, balancer: str) -> Iterator[Shop]:
    port, elbv2 = free_port(), cloud.client("elbv2")
    arn = listener(cloud.client, balancer, port, answer("default"))
    yield Shop(elbv2=elbv2, arn=arn, port=port)
    elbv2.delete_listener(ListenerArn=arn)


def test_rules_are_told_and_tried_in_the_order_of_their_priorities(shop: Shop) -> None:
    shop.create(30, "/*", "last")
    shop.create(10, "/a*", "first")
    shop.create(20, "/a/b", "second")
    assert shop.told() == [
        ("10", "first"),
        ("20", "second"),
        ("30", "last"),
        ("default", "default"),
    ]
    assert [get(shop.port, path)[1] for path in ("/a/b", "/b")] == ["first", "last"]


def test_pages_of_rules_keep_the_order(shop: Shop) -> None:
    for priority in (5, 3, 4, 1, 2):
        shop.create(priority, f"/{priority}", "x")
    pages = shop.elbv2.get_paginator("describe_rules").paginate(
        ListenerArn=shop.arn, PaginationConfig={"PageSize": 4}
    )
    assert [[rule["Priority"] for rule in page["Rules"]] for page in pages] == [
        ["1", "2", "3", "4"],
        ["5", "default"],
    ]


def test_a_rule_is_told_in_both_spellings_with_what_was_left_to_default(shop: Shop) -> None:
    made = shop.elbv2.create_rule(
        ListenerArn=shop.arn,
        Priority=1,
        Conditions=[{"Field": "host-header", "HostHeaderConfig": {"Values": ["a.example.com"]}}],
        Actions=[{"Type": "redirect", "RedirectConfig": {"StatusCode": "HTTP_301", "Port": "443"}}],
    )["Rules"][0]
    assert made == {
        "RuleArn": made["RuleArn"],
        "Priority": "1",
        "Conditions": [
            {
                "Field": "host-header",
                "Values": ["a.example.com"],
                "HostHeaderConfig": {"Values": ["a.example.com"]},
            }
        ],
        "Actions": [
            {
                "Type": "redirect",
                "RedirectConfig": {
                    "Protocol": "#{protocol}",
                    "Port": "443",
                    "Host": "#{host}",
                    "Path": "/#{path}",
                    "Query": "#{query}",
                    "StatusCode": "HTTP_301",
                },
            }
        ],
        "IsDefault": False,
    }


def test_modifying_one_half_of_a_rule_keeps_the_other(shop: Shop) -> None:
    arn = shop.create(1, "/a", "before")
    shop.elbv2.modify_rule(RuleArn=arn, Actions=[answer("after")])
    assert get(shop.port, "/a")[1] == "after"
    elsewhere = [{"Field": "path-pattern", "PathPatternConfig": {"Values": ["/b"]}}]
    shop.elbv2.modify_rule(RuleArn=arn, Conditions=elsewhere)
    assert [get(shop.port, path)[1] for path in ("/a", "/b")] == ["default", "after"]


def test_a_deleted_rule_applies_no_more(shop: Shop) -> None:
    arn = shop.create(1, "/a", "rule")
    assert get(shop.port, "/a")[1] == "rule"
    shop.elbv2.delete_rule(RuleArn=arn)
    assert get(shop.port, "/a")[1] == "default"


def test_rules_may_change_places(shop: Shop) -> None:
    first, second = shop.create(1, "/*", "first"), shop.create(2, "/*", "second")
    assert get(shop.port)[1] == "first"
    answered = shop.elbv2.set_rule_priorities(
        RulePriorities=[{"RuleArn": first, "Priority": 2}, {"RuleArn": second, "Priority": 1}]
    )
    assert {rule["RuleArn"]: rule["Priority"] for rule in answered["Rules"]} == {
        first: "2",
        second: "1",
    }
    assert get(shop.port)[1] == "second"


def test_a_rule_may_be_given_the_place_it_has(shop: Shop) -> None:
    arn = shop.create(7, "/*", "seventh")
    place = [{"RuleArn": arn, "Priority": 7}]
    answered = shop.elbv2.set_rule_priorities(RulePriorities=place)
    assert [rule["Priority"] for rule in answered["Rules"]] == ["7"]
    assert shop.told() == [("7", "seventh"), ("default", "default")]


def test_a_priority_in_use_is_refused(shop: Shop, refusal: Refusal) -> None:
    first = shop.create(1, "/a", "a")
    shop.create(2, "/b", "b")
    expected = ("PriorityInUse", "Priority '2' is currently in use")
    assert refusal(shop.elbv2.create_rule, **shop.rule(2, "/c", "c")) == expected
    place = {"RuleArn": first, "Priority": 2}
    assert refusal(shop.elbv2.set_rule_priorities, RulePriorities=[place]) == expected


def path_values(*values: str) -> dict[str, Any]:
    return {"Conditions": [{"Field": "path-pattern", "PathPatternConfig": {"Values": values}}]}


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"Priority": 50001}, "ValidationError"),
        ({"Actions": [answer("x" * 1025)]}, "ValidationError"),
        ({"Actions": [answer("x", status="302")]}, "ValidationError"),
        ({"Actions": []}, "ValidationError"),
        ({"Conditions": []}, "ValidationError"),
        ({"Conditions": [{"Field": "cookie", "Values": ["a"]}]}, "ValidationError"),
        ({"Conditions": [{"Field": "path-pattern", "Values": ["/a", "/b"]}]}, "ValidationError"),
        ({"Conditions": [{"Field": "host-header", "Values": ["a_b.c"]}]}, "ValidationError"),
        (path_values(*"abcdef"), "ValidationError"),
        (path_values("/*/*/*/*/*/*/*"), "ValidationError"),
        (
            {"Conditions": [{"Field": "source-ip", "SourceIpConfig": {"Values": ["10.0.0.1"]}}]},
            "ValidationError",
        ),
        (
            {
                "Conditions": [
                    {"Field": "path-pattern", "Values": ["/a"]},
                    {"Field": "path-pattern", "Values": ["/b"]},
                ]
            },
            "ValidationError",
        ),
        (
            {"Conditions": [{"Field": "path-pattern", "RegexValues": ["a+"]}]},
            "NotImplemented",
        ),
        (
            {"Actions": [{"Type": "redirect", "RedirectConfig": {"StatusCode": "HTTP_301"}}]},
            "InvalidLoadBalancerAction",
        ),
        ({"Actions": [{"Type": "forward", "TargetGroupArn": "arn:none"}]}, "TargetGroupNotFound"),
        ({"Actions": [{"Type": "forward"}]}, "ValidationError"),
        ({"Actions": [{"Type": "authenticate-oidc"}]}, "NotImplemented"),
        ({"ListenerArn": "arn:none"}, "ListenerNotFound"),
    ],
)
def test_what_aws_refuses_is_refused_and_changes_nothing(
    shop: Shop, refusal: Refusal, changed: dict[str, Any], code: str
) -> None:
    assert refusal(shop.elbv2.create_rule, **shop.rule(1, "/a", "a", **changed))[0] == code
    assert shop.told() == [("default", "default")]


def test_the_default_rule_belongs_to_its_listener(shop: Shop, refusal: Refusal) -> None:
    arn = shop.default_rule()
    assert refusal(shop.elbv2.delete_rule, RuleArn=arn) == (
        "OperationNotPermitted",
        f"Default rule '{arn}' cannot be deleted",
    )
    assert refusal(shop.elbv2.modify_rule, RuleArn=arn, Actions=[answer("x")]) == (
        "OperationNotPermitted",
        f"Default rule '{arn}' cannot be modified",
    )


def test_unknown_rules_are_not_found(shop: Shop, refusal: Refusal) -> None:
    unknown = shop.arn.replace(":listener/", ":listener-rule/") + "/0123456789abcdef"
    expected = ("RuleNotFound", "One or more rules not found")
    assert refusal(shop.elbv2.delete_rule, RuleArn=unknown) == expected
    assert refusal(shop.elbv2.describe_rules, RuleArns=[unknown]) == expected


def test_every_kind_of_condition_reaches_the_traffic(shop: Shop) -> None:
    conditions = {
        "host": {"Field": "host-header", "Values": ["*.example.com"]},
        "header": {
            "Field": "http-header",
            "HttpHeaderConfig": {"HttpHeaderName": "X-Kind", "Values": ["b?g"]},
        },
        "method": {"Field": "http-request-method", "HttpRequestMethodConfig": {"Values": ["PUT"]}},
        "query": {
            "Field": "query-string",
            "QueryStringConfig": {"Values": [{"Key": "a", "Value": "1"}]},
        },
        "elsewhere": {"Field": "source-ip", "SourceIpConfig": {"Values": ["10.0.0.0/8"]}},
    }
    for priority, (name, condition) in enumerate(conditions.items(), start=1):
        shop.create(priority, "/", name, Conditions=[condition])
    port = shop.port
    assert get(port, "http://shop.example.com/")[1] == "host"
    assert get(port, "/", "X-Kind: BIG")[1] == "header"
    assert get(port, method="PUT")[1] == "method"
    assert get(port, "/?b=2&a=1")[1] == "query"
    assert get(port)[1] == "default"
