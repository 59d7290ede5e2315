"""Where apps can be."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Region:
    """Where apps can be: a region of AWS."""

    id: str
    location: str
