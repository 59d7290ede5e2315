"""What a size is in CPU and memory: what Fargate offers, under Heroku's name where it is near one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from herogate.errors import InvalidRequest
from herogate.models import Size

_CPU_UNITS = 1024  # of a virtual CPU
_MIB = 1024  # of a GB
_PAIR = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,3})?)x([0-9]{1,3}(?:\.[0-9]{1,3})?)(?:gb)?")


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
"""The sizes that have a name."""


def _memory(first: int, last: int, step: int = 1) -> Sequence[int]:
    return [gigabytes * _MIB for gigabytes in range(first, last + 1, step)]


OFFERED: Mapping[int, Sequence[int]] = {
    256: [512, 1024, 2048],
    512: _memory(1, 4),
    1024: _memory(2, 8),
    2048: _memory(4, 16),
    4096: _memory(8, 30),
    8192: _memory(16, 60, 4),
    16384: _memory(32, 120, 8),
}
"""Fargate's combinations: CPU units → MiB of memory."""


def capacity(size: Size) -> Capacity:
    """What a size that was `named` is in CPU and memory."""
    return CAPACITIES.get(size) or _pair(size)


def size_of(capacity: Capacity) -> Size:
    """The size that has this capacity."""
    named = (size for size, each in CAPACITIES.items() if each == capacity)
    pair = f"{capacity.cpu_units / _CPU_UNITS:g}x{capacity.memory_mib / _MIB:g}GB"
    return next(named, Size(pair))


def named(name: str) -> Size:
    """The size of that name, or of that CPU and memory (``0.5x2GB``), however it is capitalised.

    Raises:
        InvalidRequest: there is none; says which there are.
    """
    for size in CAPACITIES:
        if size.lower() == name.lower():
            return size
    return size_of(_pair(name))


def _pair(name: str) -> Capacity:
    found = _PAIR.fullmatch(name.lower())
    if found is None:
        raise InvalidRequest(
            f"There is no size {name}.",
            f"The sizes are {', '.join(CAPACITIES)}, and what Fargate offers in virtual CPUs and "
            "memory, as in 0.5x2GB.",
        )
    cpu, memory = float(found[1]) * _CPU_UNITS, float(found[2]) * _MIB
    if cpu not in OFFERED:
        raise InvalidRequest(
            f"There is no size {name}: Fargate does not offer {found[1]} virtual CPUs.",
            f"It offers {', '.join(f'{each / _CPU_UNITS:g}' for each in OFFERED)}.",
        )
    offered = OFFERED[int(cpu)]
    if memory not in offered:
        raise InvalidRequest(
            f"There is no size {name}: Fargate does not offer {found[2]} GB to {found[1]} virtual CPUs.",
            f"It offers {', '.join(f'{each / _MIB:g}' for each in offered)}.",
        )
    return Capacity(cpu_units=int(cpu), memory_mib=int(memory))
