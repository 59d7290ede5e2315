"""How a buildspec is written: YAML, read into sections, lists and text.

Every scalar stays the text it is written as: ``3.10`` is a version, ``yes`` a word. The text is a
stranger's: size, nesting and aliases are bounded while reading. What a buildspec may say is
``buildspec.py``'s.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from herogate.local import bounded_yaml
from herogate.local.planes.codebuild.failures import PhaseFailure, yaml_file_error

_SIZE_LIMIT: Final = 1_048_576
_DEPTH_LIMIT: Final = 20
_NODE_LIMIT: Final = 20_000
"""Values in a buildspec after its aliases are written out."""

_NULLS: Final = ("", "~", "null", "Null", "NULL")


class Section(dict[str, Any]):
    """A YAML mapping that knows the line (from 1) on which it begins."""

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line


def text_of(file: Path) -> str:
    """A buildspec's text, as far as one may go and a little further."""
    with file.open("rb") as opened:
        return opened.read(_SIZE_LIMIT + 1).decode("utf-8", errors="replace")


def read(text: str) -> Any:
    """The sections, lists, texts and None that a buildspec's text stands for.

    Raises:
        PhaseFailure: it is no YAML, or out of bounds.
    """
    if len(text.encode()) > _SIZE_LIMIT:
        raise yaml_file_error(f"buildspec may not exceed {_SIZE_LIMIT} bytes")
    return bounded_yaml.read(text, _GRAMMAR)


def _scalar(event: Any) -> str | None:
    plain = event.implicit[0]
    return None if plain and event.value in _NULLS else str(event.value)


def _malformed(problem: str, mark: Any) -> PhaseFailure:
    return yaml_file_error(f"{problem} at line {mark.line + 1}" if mark else problem)


def _section(start: Any, members: dict[str, Any]) -> Section:
    section = Section(start.start_mark.line + 1)
    section.update(members)
    return section


_GRAMMAR: Final = bounded_yaml.Grammar(
    depth_limit=_DEPTH_LIMIT,
    value_limit=_NODE_LIMIT,
    scalar=_scalar,
    sequence=lambda _, items: items,
    mapping=_section,
    malformed=_malformed,
    too_deep=lambda: yaml_file_error(f"buildspec nests deeper than {_DEPTH_LIMIT} levels"),
    too_many=lambda: yaml_file_error(f"buildspec has more than {_NODE_LIMIT} values"),
)
