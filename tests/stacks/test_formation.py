"""A service is born with nothing running, and its entry never changes again."""

from __future__ import annotations

import json

from stacks_cases import FORMATIONS
from stacks_options import formation_of

from herogate.engine import procfile
from stacks import formation, names

SPEC = FORMATIONS["formation"]


def services(spec: formation.Spec) -> dict[str, dict[str, object]]:
    return {
        title: resource["Properties"]
        for title, resource in formation.template(spec).to_dict()["Resources"].items()
    }


def test_every_process_type_is_born_with_nothing_running() -> None:
    assert {title: told["DesiredCount"] for title, told in services(SPEC).items()} == {
        "ServicemailZ5fworkerZ2d2": 0,
        "Serviceweb": 0,
    }


def test_only_what_answers_the_web_stands_behind_the_load_balancer() -> None:
    assert [title for title, told in services(SPEC).items() if "LoadBalancers" in told] == [
        "Serviceweb"
    ]


def test_a_new_process_type_leaves_the_entries_of_the_others_as_they_were() -> None:
    alone = formation.Spec(app="my-shop", space="default", entries={"web": SPEC.entries["web"]})
    assert services(alone) == {"Serviceweb": services(SPEC)["Serviceweb"]}


def test_the_largest_app_there_may_be_is_sent_inline() -> None:
    longest = formation_of(web=True, workers=29, private=False, port=65_535, name="W_" * 14)
    entries = {name: entry.replace("my-shop", "a" * 26) for name, entry in longest.entries.items()}
    assert len(entries) == procfile.TYPES_LIMIT
    template = formation.template(formation.Spec(app="a" * 26, space="s" * 20, entries=entries))
    assert len(template.to_json(indent=None).encode()) < 51_200


def test_in_a_private_space_processes_get_no_public_addresses() -> None:
    (service,) = services(formation_of(web=True, workers=0, private=True, port=8080)).values()
    network = service["NetworkConfiguration"]
    assert isinstance(network, dict)
    assert network["AwsvpcConfiguration"]["AssignPublicIp"] == "DISABLED"


def test_an_entry_is_given_out_as_it_was_written() -> None:
    written = {
        names.service_resource(process_type): json.loads(text)["Properties"]
        for process_type, text in SPEC.entries.items()
    }
    assert services(SPEC) == written
