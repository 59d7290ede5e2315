"""What a docker engine sends of a program's output: pieces of two streams, one after the other. Pure.

Each has a header of eight bytes: which stream, three bytes of nothing, the piece's length.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

_HEADER = struct.Struct(">BxxxI")

_LONGEST_LINE_BYTES = 256 * 1024
"""A line that is longer is handed on in pieces."""


@dataclass(frozen=True, kw_only=True)
class Frame:
    """A piece of a stream: 1 is standard output, 2 standard error."""

    stream: int
    content: bytes


class Frames:
    """Finds the pieces in what comes."""

    def __init__(self) -> None:
        self._held = b""

    def take(self, received: bytes) -> list[Frame]:
        """The pieces that are complete now."""
        held, found, at = self._held + received, [], 0
        while len(held) - at >= _HEADER.size:
            stream, length = _HEADER.unpack_from(held, at)
            begin = at + _HEADER.size
            if len(held) < begin + length:
                break
            found.append(Frame(stream=stream, content=held[begin : begin + length]))
            at = begin + length
        self._held = held[at:]
        return found


class Weave:
    """Makes one stream of two, and tears no line of either."""

    def __init__(self) -> None:
        self._begun: dict[int, bytes] = {}

    def take(self, frame: Frame) -> bytes:
        """What can be handed on: whole lines of the piece's stream, or too long a line's beginning."""
        begun = self._begun.get(frame.stream, b"") + frame.content
        end = begun.rfind(b"\n") + 1
        if len(begun) - end > _LONGEST_LINE_BYTES:
            end = len(begun)
        self._begun[frame.stream] = begun[end:]
        return begun[:end]

    def rest(self) -> bytes:
        """The lines that nothing completes any more; the last of them is not ended here either."""
        begun = [content for _, content in sorted(self._begun.items()) if content]
        self._begun.clear()
        return b"\n".join(begun)
