"""`regions`: where apps can be."""

from __future__ import annotations

import json

import pytest
from command_line import Herogate

from herogate.engine import regions


def test_regions_are_those_that_have_every_service(herogate: Herogate) -> None:
    lines = herogate("regions").out.splitlines()
    assert lines[0].split() == ["ID", "Location", "Runtime"]
    found = {each["id"]: each["location"] for each in json.loads(herogate("regions", "--json").out)}
    assert found["eu-west-1"] == "Europe (Ireland)"
    assert list(found) == sorted(found)
    assert len(lines) == len(found) + 2


def test_there_are_no_private_regions(herogate: Herogate) -> None:
    assert herogate("regions", "--private", "--json").out == "[]\n"


@pytest.mark.parametrize("name", ["us-gov-west-1", "cn-north-1", "us-east-1"])
def test_apps_can_be_in_any_partition_that_has_all_services(name: str) -> None:
    regions.check(name)
