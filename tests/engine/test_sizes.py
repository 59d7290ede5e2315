"""Sizes: Heroku's names, and what Fargate offers besides."""

from __future__ import annotations

import pytest

from herogate.engine import sizes
from herogate.engine.sizes import CAPACITIES, OFFERED, Capacity
from herogate.errors import InvalidRequest
from herogate.models import Size


@pytest.mark.parametrize(
    ("said", "meant", "cpu_units", "memory_mib"),
    [
        ("standard-1x", "Standard-1X", 256, 512),
        ("PERFORMANCE-L", "Performance-L", 4096, 14336),
        ("0.5x2gb", "0.5x2GB", 512, 2048),
        ("0.50x2", "0.5x2GB", 512, 2048),
        ("16x120GB", "16x120GB", 16384, 122880),
        ("0.25x0.5gb", "Standard-1X", 256, 512),
    ],
)
def test_a_size_is_known_by_name_or_by_what_it_is(
    said: str, meant: str, cpu_units: int, memory_mib: int
) -> None:
    size = sizes.named(said)
    assert (size, sizes.capacity(size)) == (
        meant,
        Capacity(cpu_units=cpu_units, memory_mib=memory_mib),
    )


def test_every_size_that_fargate_offers_has_one_name() -> None:
    offered = [
        Capacity(cpu_units=cpu, memory_mib=memory)
        for cpu, some in OFFERED.items()
        for memory in some
    ]
    assert [sizes.capacity(sizes.named(sizes.size_of(each))) for each in offered] == offered
    assert all(each in offered for each in CAPACITIES.values())


@pytest.mark.parametrize(
    ("said", "message", "hint"),
    [
        (
            "huge",
            "There is no size huge.",
            "The sizes are Standard-1X, Standard-2X, Performance-M, Performance-L, and what Fargate "
            "offers in virtual CPUs and memory, as in 0.5x2GB.",
        ),
        (
            "3x8gb",
            "There is no size 3x8gb: Fargate does not offer 3 virtual CPUs.",
            "It offers 0.25, 0.5, 1, 2, 4, 8, 16.",
        ),
        (
            "0.5x9gb",
            "There is no size 0.5x9gb: Fargate does not offer 9 GB to 0.5 virtual CPUs.",
            "It offers 1, 2, 3, 4.",
        ),
    ],
)
def test_a_size_that_is_none_is_refused_with_those_there_are(
    said: str, message: str, hint: str
) -> None:
    with pytest.raises(InvalidRequest) as refused:
        sizes.named(said)
    assert (refused.value.message, refused.value.hint) == (message, hint)


def test_a_size_is_a_word() -> None:
    assert f"{Size.STANDARD_1X}" == "Standard-1X"
