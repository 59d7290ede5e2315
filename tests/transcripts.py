"""Runs of a command line written down: read, and made comparable with what was run elsewhere.

How a run is made comparable is documented for readers in `docs/heroku-differences.md`.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass

_RUN = re.compile(
    r"^\$ (?P<command>.*)\n--stdout--\n(?P<out>(?s:.*?))"
    r"--stderr--\n(?P<err>(?s:.*?))--rc=(?P<code>\d+)--$",
    re.MULTILINE,
)


@dataclass(frozen=True, kw_only=True)
class Transcript:
    """A command, what it answered, what it talked, and how it ended."""

    command: str
    out: str
    err: str
    code: int

    @property
    def words(self) -> Sequence[str]:
        """The words behind the name of the program."""
        return shlex.split(self.command)[1:]


def read(text: str) -> list[Transcript]:
    """Every run written down in a text."""
    return [
        Transcript(
            command=found["command"], out=found["out"], err=found["err"], code=int(found["code"])
        )
        for found in _RUN.finditer(text)
    ]


BRAND = {
    "heroku": "herogate",
    "Heroku": "Herogate",
    "DYNO": "PROCESS",
    "Dyno": "Process",
    "dyno": "process",
    "processs": "processes",
    "Processs": "Processes",
}
"""Heroku's words, in the order in which they are replaced."""

_SHAPES: Sequence[tuple[str, str]] = (
    (r"\d{4}/\d\d/\d\d \d\d:\d\d:\d\d \+0000( \(~ \d+[smh] ago\))?", "<time>"),
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)", "<time>"),
    (r"\d{4}-\d\d-\d\d \d\d:\d\d UTC", "<time>"),
    (r"\b(web|worker|run|release)\.([0-9a-f]{8}|\d+)\b", r"\1.<id>"),
    (r"(https?|herogate)://[^\s\",]+", "<url>"),
    (r"[\w-]+\.herogatedns\.com|\blocalhost\b|[\w-]+\.herogateapp\.com", "<host>"),
    (r'"id": "[^"]*"', '"id": <id>'),
    (r"\b([a-z]{2}-[a-z]+-\d|us)\b", "<region>"),
    (r"\b(up|starting)\b(?= <time>|\")", "up"),
    (r"sha256:[0-9a-f]{64}|\b[0-9a-f]{40}\b", "<digest>"),
    (r'"base": \d+', '"base": <number>'),
    (r"(?m)^Removed: .*$", "Removed: <counts>"),
    (r"dev@example\.com|\bdeveloper\b", "<user>"),
    (r"\bv\d+\b", "<version>"),
    (r'"version": \d+', '"version": <number>'),
    (r"~?\$\d+(\.\d+)?", "<price>"),
    (r"─+", "─"),
    (r"(?m)^ ›(?= |$)", ""),  # noqa: RUF001 - the bar of errors; what is behind it is wrapped
    (r"[ \n]+", " "),
)
_REWRITTEN = re.compile(
    r"(?m)^.*\.\.\. (?:(?:starting|connecting), \S+?(?=Running|\n)|(?:\d+/\d+.*)?\(\w+\)$)\n?"
)
"""What is said of an action while it lasts."""


def comparable(transcript: Transcript) -> tuple[str, str, int]:
    """What was answered and talked, without brand, ids, times, prices and widths, and the exit code."""
    return _comparable(transcript.out), _comparable(transcript.err), transcript.code


def _comparable(text: str) -> str:
    for word, ours in BRAND.items():
        text = text.replace(word, ours)
    text = _REWRITTEN.sub("", text)
    for shape, word in _SHAPES:
        text = re.sub(shape, word, text)
    return text.strip()
