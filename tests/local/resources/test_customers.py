"""The stacks are the first customers: what they declare is honoured, to the last property."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from herogate.local.resources import handlers
from stacks import app, places, space

BOUNDARY = "arn:aws:iam::123456789012:policy/bounded"
STACK = "arn:aws:cloudformation:us-east-1:123456789012:stack/herogate-space--default/1"
LISTENER = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/a/1/2"
SPACES = [
    space.Spec(space="default", version="1"),
    space.Spec(
        space="default",
        version="1",
        domain="apps.example.com",
        hosted_zone_id="Z1",
        permissions_boundary=BOUNDARY,
    ),
]
ADDRESSES: list[places.Address] = [
    places.PortAddress(port=8001),
    places.HostAddress(
        host="demo.apps.example.com",
        listener_arn=LISTENER,
        priority=1,
        alias=places.HostAlias(hosted_zone_id="Z1", load_balancer_zone_id="Z2"),
    ),
]


def declared() -> Iterator[Any]:
    for spec in SPACES:
        yield space.template(spec).to_dict()["Resources"]
    for address in ADDRESSES:
        spec_of_app = app.Spec(
            app="demo",
            space="default",
            space_stack_id=STACK,
            vpc_id="vpc-1",
            load_balancer_arn="arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/a",
            load_balancer_dns_name="localhost",
            cluster_name="default",
            bucket="bucket",
            ledger_table="ledger",
            address=address,
            git_branch="main",
            build_buildspec="version: 0.2",
            release_buildspec="version: 0.2",
            package_key="package.zip",
        )
        yield app.template(spec_of_app).to_dict()["Resources"]


@pytest.mark.parametrize("resources", list(declared()))
def test_every_type_and_property_of_the_stacks_is_honoured(resources: Any) -> None:
    refused = {
        (declaration["Type"], name)
        for declaration in resources.values()
        for name in declaration.get("Properties", {})
        if declaration["Type"] not in handlers()
        or name not in handlers()[declaration["Type"]].supported
    }
    assert refused == set()
