"""How large a process is."""

from __future__ import annotations

from typing import ClassVar


class Size(str):
    """How large a process is: by one of Heroku's names, else as ``0.5x2GB``, virtual CPUs and memory."""

    __slots__ = ()

    STANDARD_1X: ClassVar[Size]
    STANDARD_2X: ClassVar[Size]
    PERFORMANCE_M: ClassVar[Size]
    PERFORMANCE_L: ClassVar[Size]


Size.STANDARD_1X = Size("Standard-1X")
Size.STANDARD_2X = Size("Standard-2X")
Size.PERFORMANCE_M = Size("Performance-M")
Size.PERFORMANCE_L = Size("Performance-L")
