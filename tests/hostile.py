"""Two hundred strings by which a program could play with somebody's terminal; what is left of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice, product

_ATTACKS = (
    "\x1b]52;c;cm0gLXJmIC8=\x07",  # the clipboard
    "\x1b]52;c;cm0gLXJmIC8=\x1b\\",
    "\x9d52;c;cm0gLXJmIC8=\x9c",
    "\x1b]0;a new title\x07",
    "\x1b]2;a new title\x1b\\",
    "\x1b]8;;http://evil.example\x1b\\link\x1b]8;;\x1b\\",
    "\x1b]1337;File=inline=1:AAAA\x07",
    "\x1b[2J\x1b[H",
    "\x1b[8m hidden \x1b[0m",
    "\x1b[31mred\x1b[0m",
    "\x9b31mred\x9b0m",
    "\x1b[?1049h",
    "\x1b[6n",
    "\x1b[21t",
    "\x1bP$qm\x1b\\",
    "\x90$qm\x9c",
    "\x1b_apc\x1b\\",
    "\x1b^pm\x1b\\",
    "\x1bc",
    "\x1b#8",
    "\x1b(0",
    "\x1b7\x1b8",
    "\x1b",
    "\x1b[",
    "\x1b]",
    "\rDestroying everything... done",
    "safe\r\x1b[K gone",
    "back\x08\x08\x08\x08space",
    "\x07\x07\x07",
    "\x00nul\x00",
    "\x0b\x0c",
    "\x0e\x0f",
    "\x7f\x7f",
    "\x85next line",
    "\x8d\x84",
    "\u202ereversed\u202c",
    "\u202dforced\u202c",
    "\u2066isolate\u2069",
    "\u2067isolate\u2069",
    "\u200fmark\u200e",
    "\u061cmark",
    "\u2028line\u2029paragraph",
    "\udc9b31mhalf\udcff",
    "\U000e0041\U000e0042",
)
_WRAPPINGS = ("{}", "before {} after", "{0}{0}", "ünïcödé {} 日本", "{}tail")


_OWN = re.compile(r"(?!\x1b\[(?:8m|31mred))\x1b\[\d+m|\r\x1b\[K(?! gone)|\r(?=\n)")
"""What Herogate itself tells a terminal: colours, to write a line anew, and where a line ends."""

_OBEYED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u206f"
    "\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)


def obeyed(shown: str) -> list[str]:
    """What a terminal would obey of what it is shown, but for what Herogate itself tells it."""
    return _OBEYED.findall(_OWN.sub("", shown))


def strings() -> Iterator[str]:
    """Two hundred of them."""
    return islice((frame.format(each) for frame, each in product(_WRAPPINGS, _ATTACKS)), 200)
