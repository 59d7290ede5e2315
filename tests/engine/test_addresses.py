"""The places of a space, and the address that each gives."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from herogate.aws.cloudformation import Stack
from herogate.aws.stack_status import StackStatus
from herogate.engine.addresses import Addresses, Place
from stacks.outputs import SpaceOutput as Output
from stacks.places import HostAddress, HostAlias, PortAddress

PORTS = {
    Output.LOAD_BALANCER_ARNS: "arn:one,arn:two",
    Output.LOAD_BALANCER_DNS_NAMES: "one.elb.example.com,two.elb.example.com",
}
HOSTS = {
    **PORTS,
    Output.DOMAIN: "apps.example.com",
    Output.LISTENER_ARNS: "listener:one,listener:two",
}
ZONED = {**HOSTS, Output.HOSTED_ZONE_ID: "Z1", Output.LOAD_BALANCER_ZONE_ID: "ZLB"}


def addresses(outputs: dict[Output, str]) -> Addresses:
    return Addresses(
        Stack(
            name="herogate-space--default",
            id="stack/1",
            status=StackStatus.CREATE_COMPLETE,
            created_at=datetime.now(tz=UTC),
            outputs={str(key): value for key, value in outputs.items()},
        )
    )


def place(load_balancer: int, number: int) -> Place:
    return Place(load_balancer=load_balancer, number=number)


def test_without_a_domain_each_load_balancer_has_48_ports() -> None:
    places = addresses(PORTS).places("one")
    assert sorted(places[:48]) == [place(1, number) for number in range(8001, 8049)]
    assert sorted(places[48:]) == [place(2, number) for number in range(8049, 8097)]


def test_ports_are_asked_for_one_after_the_other_from_one_of_the_apps_own_on() -> None:
    first = {app: addresses(PORTS).places(app)[0] for app in ("one", "two", "three", "four")}
    assert first == {
        "one": place(1, 8018),
        "two": place(1, 8007),
        "three": place(1, 8006),
        "four": place(1, 8046),
    }
    numbers = [each.number for each in addresses(PORTS).places("one")[:48]]
    behind = numbers[1:] + numbers[:1]
    assert [(b - a) % 48 for a, b in zip(numbers, behind, strict=True)] == [1] * 48


def test_with_a_domain_each_listener_has_room_for_50_apps() -> None:
    places = addresses(HOSTS).places("one")
    assert (len(places), places[0], places[-1]) == (100, place(1, 1), place(2, 50))


def test_a_space_that_is_being_made_has_no_places() -> None:
    assert addresses({}).places("one") == []


@pytest.mark.parametrize(
    ("outputs", "where", "address", "web_url"),
    [
        pytest.param(
            PORTS,
            place(2, 8051),
            PortAddress(port=8051),
            "http://two.elb.example.com:8051",
            id="a port",
        ),
        pytest.param(
            ZONED,
            place(1, 8003),
            PortAddress(port=8003),
            "http://one.elb.example.com:8003",
            id="a port from before there was a domain",
        ),
        pytest.param(
            HOSTS,
            place(2, 7),
            HostAddress(host="my-shop.apps.example.com", listener_arn="listener:two", priority=7),
            "https://my-shop.apps.example.com",
            id="a host whose DNS is not ours",
        ),
        pytest.param(
            ZONED,
            place(1, 7),
            HostAddress(host="my-shop.apps.example.com", listener_arn="listener:one", priority=7),
            "https://my-shop.apps.example.com",
            id="a host that the wildcard record covers",
        ),
        pytest.param(
            ZONED,
            place(2, 7),
            HostAddress(
                host="my-shop.apps.example.com",
                listener_arn="listener:two",
                priority=7,
                alias=HostAlias(hosted_zone_id="Z1", load_balancer_zone_id="ZLB"),
            ),
            "https://my-shop.apps.example.com",
            id="a host that needs a record of its own",
        ),
    ],
)
def test_a_place_gives_an_address(
    outputs: dict[Output, str], where: Place, address: object, web_url: str
) -> None:
    known = addresses(outputs)
    assert (known.address("my-shop", where), known.web_url("my-shop", where)) == (address, web_url)
