"""What ``ps:scale`` and ``ps:type`` are told, and what it comes to."""

from __future__ import annotations

import pytest

from herogate.engine import scaling
from herogate.engine.scaling import Change
from herogate.errors import InvalidRequest, NotFound
from herogate.models import FormationEntry, Size

FORMATION = {
    "web": FormationEntry(type="web", quantity=2, size=Size.STANDARD_1X, command="serve"),
    "back-end": FormationEntry(type="back-end", quantity=1, size=Size.STANDARD_2X),
}


def test_words_are_read_as_heroku_reads_them() -> None:
    assert scaling.scales(["web=3", "worker+1", "back-end-2", "clock=0:performance-m"]) == [
        Change(process_type="web", quantity=3),
        Change(process_type="worker", quantity=1, is_relative=True),
        Change(process_type="back-end", quantity=-2, is_relative=True),
        Change(process_type="clock", quantity=0, size=Size.PERFORMANCE_M),
    ]


def test_the_bare_form_can_be_fed_back() -> None:
    words = [f"{each.type}={each.quantity}:{each.size}" for each in FORMATION.values()]
    assert scaling.scaled("my-shop", FORMATION, scaling.scales(words)) == FORMATION


@pytest.mark.parametrize(
    "word", ["web", "web=", "=3", "web=-1", "web=3:", "web 3", "web=1.5", "wéb=1"]
)
def test_what_is_no_scale_is_refused_not_dropped(word: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        scaling.scales(["web=1", word])
    assert refused.value.message == f"{word} is no way to scale."


def test_a_type_that_is_named_twice_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="web is named more than once"):
        scaling.scales(["web=1", "web+1"])


def test_sizes_are_for_one_type_or_for_all() -> None:
    assert scaling.resizes(["web=0.5x2gb"], ["web", "worker"]) == [
        Change(process_type="web", size=Size("0.5x2GB"))
    ]
    assert scaling.resizes(["standard-2x"], ["web", "worker"]) == [
        Change(process_type="web", size=Size.STANDARD_2X),
        Change(process_type="worker", size=Size.STANDARD_2X),
    ]
    with pytest.raises(InvalidRequest, match="worker is no way to resize"):
        scaling.resizes(["web=standard-1x", "worker"], ["web", "worker"])


def test_only_what_is_asked_for_changes() -> None:
    changes = scaling.scales(["web-1", "back-end=4:standard-1x"])
    assert scaling.scaled("my-shop", FORMATION, changes) == {
        "web": FormationEntry(type="web", quantity=1, size=Size.STANDARD_1X, command="serve"),
        "back-end": FormationEntry(type="back-end", quantity=4, size=Size.STANDARD_1X),
    }


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("web-3", "web cannot be scaled by -3: it is at 2."),
        (
            "web=5001",
            "web cannot be scaled to 5001: ECS runs 5000 processes of a type at the most.",
        ),
    ],
)
def test_a_quantity_out_of_bounds_is_refused(word: str, message: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        scaling.scaled("my-shop", FORMATION, scaling.scales([word]))
    assert refused.value.message == message


def test_scaling_an_unknown_process_type_lists_the_known_ones() -> None:
    with pytest.raises(NotFound) as refused:
        scaling.scaled("my-shop", FORMATION, scaling.scales(["web=1", "clock=1"]))
    assert (refused.value.message, refused.value.hint) == (
        "Couldn't find that process type (clock).",
        "Process types of my-shop: back-end, web.",
    )
