"""How the router's table travels from the control process: as plain JSON values, and back."""

from __future__ import annotations

import dataclasses
import types
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")


def to_json(value: Any) -> Any:
    """A table, or any part of one, as plain JSON values."""
    return dataclasses.asdict(value)


def from_json(kind: type[T], value: Any) -> T:
    """The part of a table that `to_json` made `value` of."""
    result: T = _decode(kind, value)
    return result


def _decode(kind: Any, value: Any) -> Any:
    origin = get_origin(kind)
    if origin is tuple:
        return tuple(_decode(get_args(kind)[0], item) for item in value)
    if origin in (Union, types.UnionType):
        return None if value is None else _decode(_member(kind, value), value)
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        return kind(**{name: _decode(hint, value[name]) for name, hint in _fields(kind).items()})
    return kind(value)


def _member(union: Any, value: Any) -> Any:
    """The member of a union that `value` is of: told by its ``kind``, or the only one not None."""
    members = [member for member in get_args(union) if member is not type(None)]
    if len(members) == 1:
        return members[0]
    return next(member for member in members if member.kind == value["kind"])


@cache
def _fields(kind: type) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {part.name: hints[part.name] for part in dataclasses.fields(kind) if part.init}
