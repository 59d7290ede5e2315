"""Where the facts about AWS are that cfn-lint ships as data; importing cfn-lint would take seconds."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path


@cache
def directory() -> Path:
    """cfn-lint's directory of data files."""
    spec = find_spec("cfnlint")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("cfn-lint, which ships AWS's resource schemas, is not installed")
    return Path(spec.origin).parent / "data"
