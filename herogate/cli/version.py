"""Which Herogate this is. Imports next to nothing: a version is asked for in a hurry."""

from __future__ import annotations

import os
import sys

import herogate


def version_line() -> str:
    """``herogate/0.1.0 linux-x86_64 python-3.11.2``."""
    python = ".".join(str(part) for part in sys.version_info[:3])
    return f"herogate/{herogate.__version__} {sys.platform}-{os.uname().machine} python-{python}"
