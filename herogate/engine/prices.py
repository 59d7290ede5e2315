"""What processes cost: Fargate's public on-demand prices for Linux in us-east-1, in US dollars. Pure.

Other regions cost up to a third more; load balancer, traffic and logs come on top.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from herogate.engine.sizes import capacity
from herogate.models import Architecture, Size

HOURS_OF_A_MONTH = 730

_CPU_UNITS = 1024  # of a virtual CPU
_MIB = 1024  # of a GB


@dataclass(frozen=True, kw_only=True)
class Rate:
    """Dollars for an hour of a virtual CPU, and of a GB of memory."""

    cpu: float
    memory: float


RATES: Mapping[Architecture, Rate] = {
    Architecture.X86_64: Rate(cpu=0.04048, memory=0.004445),
    Architecture.ARM64: Rate(cpu=0.03238, memory=0.00356),
}


def hourly(size: Size, architecture: Architecture) -> float:
    """What one process costs an hour."""
    rate, has = RATES[architecture], capacity(size)
    return rate.cpu * has.cpu_units / _CPU_UNITS + rate.memory * has.memory_mib / _MIB


def monthly(size: Size, architecture: Architecture, quantity: int) -> float:
    """What so many processes cost that run a whole month."""
    return hourly(size, architecture) * HOURS_OF_A_MONTH * quantity
