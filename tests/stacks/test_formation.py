"""A service is born with nothing running, and its entry never changes again."""

from __future__ import annotations

import json

from stacks_cases import FORMATIONS

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


def test_an_entry_is_given_out_as_it_was_written() -> None:
    written = {
        names.service_resource(process_type): json.loads(text)["Properties"]
        for process_type, text in SPEC.entries.items()
    }
    assert services(SPEC) == written
