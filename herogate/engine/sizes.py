"""What a size is in CPU and memory: combinations that Fargate offers, near Heroku's of that name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from herogate.models import Size


@dataclass(frozen=True, kw_only=True)
class Capacity:
    """CPU in units of 1/1024 of a virtual one, and memory."""

    cpu_units: int
    memory_mib: int


CAPACITIES: Mapping[Size, Capacity] = {
    Size.STANDARD_1X: Capacity(cpu_units=256, memory_mib=512),
    Size.STANDARD_2X: Capacity(cpu_units=512, memory_mib=1024),
    Size.PERFORMANCE_M: Capacity(cpu_units=1024, memory_mib=3072),
    Size.PERFORMANCE_L: Capacity(cpu_units=4096, memory_mib=14336),
}


def size_of(capacity: Capacity) -> Size | None:
    """The size that has this capacity, if one does."""
    return next((size for size, each in CAPACITIES.items() if each == capacity), None)
