from __future__ import annotations

import pytest

from herogate.local.planes.ecs.addresses import Addresses, NoAddressLeft, Subnet

SMALL = Subnet(id="subnet-1", cidr="10.0.0.0/29", availability_zone="a")
OTHER = Subnet(id="subnet-2", cidr="10.0.1.0/29", availability_zone="b")


def test_an_address_is_used_again_as_late_as_can_be() -> None:
    addresses = Addresses()
    given = [addresses.interface([SMALL], {}).address for _ in range(4)]

    assert given == ["10.0.0.4", "10.0.0.5", "10.0.0.6", "10.0.0.4"]


def test_no_two_tasks_have_one_address() -> None:
    used = {SMALL.id: ["10.0.0.4", "10.0.0.6"]}

    assert Addresses().interface([SMALL], used).address == "10.0.0.5"
    with pytest.raises(NoAddressLeft):
        Addresses().interface([SMALL], {SMALL.id: ["10.0.0.4", "10.0.0.5", "10.0.0.6"]})


def test_networks_that_overlap_share_no_address() -> None:
    elsewhere = {"subnet-9": ["10.0.0.4"]}

    assert Addresses().interface([SMALL], elsewhere).address == "10.0.0.5"


def test_tasks_are_spread_over_the_subnets() -> None:
    interface = Addresses().interface([SMALL, OTHER], {SMALL.id: ["10.0.0.4"]})

    assert (interface.subnet_id, interface.availability_zone) == ("subnet-2", "b")
    assert interface.address == "10.0.1.4"
    assert interface.interface_id.startswith("eni-")
    assert interface.mac_address.startswith("0a:")
