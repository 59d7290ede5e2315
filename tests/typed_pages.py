"""Pages of the docs as somebody works through them: commands typed, and held to what is shown of them.

In a block ``console`` stand commands behind ``$ `` and what they print; ``...`` alone on a line, or
after a colon, is any output.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]

_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_END = re.compile(r"^<end (\d+)>\n", re.MULTILINE)

_VARYING = (
    (re.compile(r"\b[0-9a-f]{8}\b"), "<id>"),
    (re.compile(r"\b[a-z]{2}-[a-z]+-\d\b"), "<region>"),
    (re.compile(r"(localhost|127\.0\.0\.1):\d+"), r"\1:<port>"),
    (re.compile(r"\d{4}[/-]\d\d[/-]\d\d[ T]\d\d:\d\d:\d\d(\.\d+)? ?(\+00:?00|UTC)"), "<time>"),
    (re.compile(r"(\d+m)?\d+(\.\d)? ?s(econds)?\b"), "<seconds>"),
    (re.compile(r"\(~ (\d+[mh]|<seconds>) ago\)"), "<age>"),
    (re.compile(r"\d+ / \d+, done"), "<all>, done"),
    (re.compile(r"Python 3[.\d]+"), "Python <version>"),
    (re.compile(r"⬢ "), ""),
    (re.compile(r"(?<=\S) {2,}"), "  "),
    (re.compile(r"─+"), "─"),
)
"""What is another each time, the widths of columns, and the glyph that terminals alone get."""

_PASSING = re.compile(
    r"^ ›.*\n|^.*\.\.\. (?:!|\d+/\d+.*|cleaning up.*|\(\w+\))\n",  # noqa: RUF001
    re.MULTILINE,
)
"""What a slow machine, or one whose ports are in use, says in between."""

AUTHOR = {
    f"GIT_{who}_{what}": text
    for who in ("AUTHOR", "COMMITTER")
    for what, text in (("NAME", "Ada"), ("EMAIL", "ada@example.com"))
}
"""Who commits."""


@dataclass(frozen=True, kw_only=True)
class Block:
    """A fenced block of a page: its language, and what stands in it."""

    language: str
    text: str


def blocks(page: str, language: str = "") -> list[Block]:
    """The blocks of a page, by its path from the top; those of a language only, if one is named."""
    found = _BLOCK.findall((ROOT / page).read_text())
    made = [Block(language=each, text=text) for each, text in found]
    return [block for block in made if language in ("", block.language)]


@dataclass(frozen=True, kw_only=True)
class Step:
    """A command, and what a page shows of its output."""

    command: str
    shown: str

    def is_told_by(self, output: str) -> bool:
        """Whether the command printed what is shown."""
        return re.fullmatch(_pattern("\n" + self.shown), "\n" + told(output)) is not None


def steps(text: str) -> Iterator[Step]:
    """The commands of a block's text."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, shown = part.partition("\n")
        yield Step(command=command, shown=shown)


def told(output: str) -> str:
    """An output without what is another each time."""
    output = _PASSING.sub("", output)
    for varying, name in _VARYING:
        output = varying.sub(name, output)
    return output


def is_passing(line: str) -> bool:
    """Whether a line is only what a slow machine, or one whose ports are in use, says in between."""
    return _PASSING.fullmatch(f"{line}\n") is not None


def _pattern(shown: str) -> str:
    lines = re.escape(told(shown)).replace(re.escape("\n...\n"), "\n(?:.*\n)*?")
    return lines.replace(re.escape(": ..."), ": .*")


class Shell:
    """A shell that somebody types into; it shows both streams, as a terminal does."""

    def __init__(self, directory: Path, environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            ["bash", "--norc"],
            cwd=directory,
            env={**environment, **AUTHOR, "PYTHONUNBUFFERED": "1"},  # lines appear as on a terminal
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def type(self, command: str) -> str:
        """Type a command; what it prints. Its failure fails the test."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{{ {command}\n}} </dev/null\nprintf '<end %s>\\n' $?\n")
        self._process.stdin.flush()
        said = ""
        while (end := _END.search(said)) is None:
            line = self._process.stdout.readline()
            assert line, f"the shell has ended: {said}"
            said += line
        assert end[1] == "0", f"{command}: {said}"
        return said[: end.start()]

    def follow(self, text: str) -> None:
        """Type the commands of a block's text, each of which must print what is shown."""
        for step in steps(text):
            output = self.type(step.command)
            assert step.is_told_by(output), f"{step.command}: {output}"

    def __enter__(self) -> Shell:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()


def environment(inherited: Mapping[str, str], *, home: Path, scripts: Path) -> dict[str, str]:
    """The environment of a user who has the commands installed and knows of no AWS account."""
    kept = {name: value for name, value in inherited.items() if not name.startswith("AWS_")}
    path = f"{scripts}{os.pathsep}{inherited['PATH']}"
    return {**kept, "HOME": str(home), "PATH": path, "LC_ALL": "C.UTF-8"}
