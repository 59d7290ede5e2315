"""`regions`: where apps can be."""

from __future__ import annotations

import json

from command_line import Herogate


def test_regions_are_those_that_have_every_service(herogate: Herogate) -> None:
    lines = herogate("regions").out.splitlines()
    assert lines[0].split() == ["ID", "Location", "Runtime"]
    found = {each["id"]: each["location"] for each in json.loads(herogate("regions", "--json").out)}
    assert found["eu-west-1"] == "Europe (Ireland)"
    assert list(found) == sorted(found)
    assert len(lines) == len(found) + 2


def test_there_are_no_private_regions(herogate: Herogate) -> None:
    assert herogate("regions", "--private", "--json").out == "[]\n"
