"""The only printer: answers go to standard output, the talk around them to standard error.

Heroku's forms: ``=== Heading``, ``Key:   value``, ruled tables, and errors behind a bar. The `⬢ `
glyph and colour appear only on a terminal of 256 colours that has not asked for none. What AWS or a
workload says reaches a terminal only as `printable` text.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TextIO

from herogate.errors import ConfirmationMismatch, HerogateError, NotATerminal
from herogate.printable import in_one_line, printable

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

_BAR = " ›"  # noqa: RUF001 - Heroku's character
_INDENT = "    "  # before an error without a bar
_COLUMNS = 80
_WRAP = 74  # characters beside the bar, as Heroku wraps; fewer on a narrow terminal
_BESIDE = 6  # the bar, and what lies around it
_BOLD, _RED, _YELLOW = "1", "31", "33"


class _Talk(io.FileIO):
    """Where the talk goes. Nobody need listen: the work goes on, and its exit code tells."""

    def write(self, data: ReadableBuffer) -> int:
        try:
            return super().write(data)
        except OSError:
            return len(memoryview(data))


def prepare() -> None:
    """Let a closed stream swallow, and a character that an encoding lacks become a question mark."""
    sys.stdin, sys.stdout, sys.stderr = (
        stream or os.fdopen(os.open(os.devnull, os.O_RDWR), mode)
        for stream, mode in ((sys.stdin, "r"), (sys.stdout, "w"), (sys.stderr, "w"))
    )
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    if isinstance(sys.stderr, io.TextIOWrapper):
        sys.stderr = io.TextIOWrapper(
            io.BufferedWriter(_Talk(sys.stderr.fileno(), "w", closefd=False)),
            encoding=sys.stderr.encoding,
            errors="replace",
            line_buffering=True,
        )


def is_rich(stream: TextIO) -> bool:
    """Whether colour and glyphs are welcome on a stream."""
    environment = os.environ
    if environment.get("NO_COLOR") or not stream.isatty():
        return False
    terminal = environment.get("TERM", "")
    return "256" in terminal or environment.get("COLORTERM") in {"truecolor", "24bit"}


def columns(stream: TextIO) -> int:
    """The width of the terminal that a stream leads to; of 80 characters where there is none."""
    try:
        return os.get_terminal_size(stream.fileno()).columns or _COLUMNS
    except (OSError, ValueError):
        return _COLUMNS


def say(text: str = "") -> None:
    """A line of the answer."""
    sys.stdout.write(printable(text) + "\n")


def say_at_once(
    text: str, *, label: str = "", style: str | None = None, is_forced: bool = False
) -> None:
    """A line of an answer that grows while it is read; the label before it may be coloured.

    Args:
        is_forced: whether it is coloured wherever it goes.
    """
    shown = in_one_line(label)
    if style is not None:
        shown = _painted(shown, style) if is_forced else styled(shown, style, sys.stdout)
    sys.stdout.write(f"{shown} {printable(text)}\n" if label else f"{printable(text)}\n")
    sys.stdout.flush()


def pass_on(line: str) -> None:
    """A line that a program wrote: as it is, but onto a terminal without control characters."""
    sys.stdout.write((printable(line) if sys.stdout.isatty() else line) + "\n")
    sys.stdout.flush()


def talk(text: str, *, style: str | None = None) -> None:
    """A line of talk."""
    shown = printable(text)
    sys.stderr.write((shown if style is None else styled(shown, style, sys.stderr)) + "\n")
    sys.stderr.flush()


def app(name: str) -> str:
    """An app's name as the talk shows it."""
    return f"⬢ {name}" if is_rich(sys.stderr) else name


def heading(text: str) -> None:
    """``=== text`` and the empty line under it."""
    sys.stdout.write(styled(f"=== {in_one_line(text)}", _BOLD, sys.stdout) + "\n\n")


def pairs(values: Mapping[str, str | None]) -> None:
    """``Key:   value``, values aligned; what has no value is left out."""
    known = {key: value for key, value in values.items() if value}
    width = max((len(key) for key in known), default=0) + 1
    for key, value in known.items():
        say(f"{key + ':':{width}} {value}")


def assignments(values: Mapping[str, str | None]) -> None:
    """``key=value`` lines, as a shell reads them."""
    import shlex

    for key, value in values.items():
        say(f"{key}={shlex.quote(value) if value else ''}")


def variables(values: Mapping[str, str]) -> None:
    """``KEY:   value``, values aligned, empty ones too."""
    width = max((len(key) for key in values), default=0) + 1
    for key, value in values.items():
        say(f"{key + ':':{width}} {value}".rstrip(" "))


def dotenv(values: Mapping[str, str]) -> None:
    """``KEY=value`` lines as ``.env`` files have them, quoted where Heroku quotes."""
    from herogate.engine import dotenv as env_files

    for key, text in values.items():
        value(env_files.line(key, text))


def value(text: str) -> None:
    """A line of the answer as it is, to the byte; on a terminal without control characters."""
    if sys.stdout.isatty():
        say(text)
        return
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode() + b"\n")


def table(headers: Sequence[str], rows: Sequence[Sequence[str]], *, wraps: bool = True) -> None:
    """A table with a rule under its headers; what is wider than a terminal is wrapped there."""
    import shutil

    import tabulate

    from herogate.cli.widths import fitted

    tabulate.MIN_PADDING = 0  # a column is as wide as what is in it
    row = tabulate.DataRow("  ", "   ", "")
    plain = tabulate.TableFormat(None, None, None, None, row, row, 0, None)
    heads: Sequence[Sequence[str]] = [headers]
    cells: Sequence[Sequence[str]] = [[in_one_line(cell) for cell in row] for row in rows]
    if wraps and sys.stdout.isatty():
        heads, cells = fitted(headers, cells, width=shutil.get_terminal_size().columns)
    text = tabulate.tabulate([*heads, *cells], tablefmt=plain, disable_numparse=True)
    lines = text.splitlines()
    rule = f" {'─' * max(map(len, lines))}"
    for line in (*lines[: len(heads)], rule, *lines[len(heads) :]):
        say(line.rstrip())


def document(model: object) -> None:
    """A model, a list of models, or plain data, as JSON."""
    import json

    sys.stdout.write(json.dumps(model, indent=2, default=_plain) + "\n")


def moment(time: datetime) -> str:
    """A time as Heroku prints it: ``2026/11/22 00:16:37 +0000``."""
    return time.astimezone(UTC).strftime("%Y/%m/%d %H:%M:%S %z")


def warn(text: str) -> None:
    """A warning behind the bar."""
    _barred(f"Warning: {text}", _YELLOW)


class Unbarred(HerogateError):
    """An error that Heroku shows without the bar."""


def fail(error: HerogateError) -> None:
    """An error with its hint, behind the bar; without it where Heroku's has none."""
    if isinstance(error, (Unbarred, ConfirmationMismatch)):
        _indented(error)
        return
    _barred(f"Error: {error.message}", _RED)
    if error.hint:
        _barred(f"\n{error.hint}", _RED)


def ask_confirmation(name: str, what: str) -> str:
    """Ask for a name to be typed before something is destroyed; return what was typed."""
    warn(f"This will destroy {what}.\nTo proceed, type {name} or re-run with --confirm {name}")
    return _answer("\n> ")


def ask(question: str, *, flag: str) -> bool:
    """Ask a question whose answer is no unless it is yes; `flag` says yes without being asked."""
    must_be_answerable(question, flag)
    return _answer(f"{question} [y/N] ").lower() in {"y", "yes"}


def styled(text: str, style: str, stream: TextIO) -> str:
    """Text in a colour or weight, where a stream welcomes it."""
    return _painted(text, style) if is_rich(stream) else text


def _painted(text: str, style: str) -> str:
    return f"\x1b[{style}m{text}\x1b[0m"


def must_be_answerable(question: str, flag: str) -> None:
    """Raises `NotATerminal` where nobody can be asked; `flag` is what answers without being asked."""
    if not sys.stdin.isatty():
        raise NotATerminal(printable(question), f"Nobody can be asked here; say yes with {flag}.")


def _answer(prompt: str) -> str:
    answer = ""
    try:
        sys.stderr.write(printable(prompt))
        sys.stderr.flush()
        answer = sys.stdin.readline()
    finally:
        # Ctrl-C and Ctrl-D leave the cursor behind the prompt.
        sys.stderr.write("" if answer.endswith("\n") else "\n")
    return answer.strip()


def _indented(error: HerogateError) -> None:
    paragraphs = [f"Error: {error.message}", *([error.hint] if error.hint else [])]
    for line in printable("\n\n".join(paragraphs)).split("\n"):
        sys.stderr.write(f"{_INDENT}{line}".rstrip() + "\n")
    sys.stderr.flush()


def _barred(text: str, style: str) -> None:
    import textwrap

    bar = styled(_BAR, style, sys.stderr)
    width = max(1, min(columns(sys.stderr) - _BESIDE, _WRAP))
    for line in printable(text).split("\n"):
        for part in textwrap.wrap(line, width, break_long_words=False, break_on_hyphens=False) or [
            ""
        ]:
            sys.stderr.write(f"{bar}   {part}".rstrip() + "\n")
    sys.stderr.flush()


def _plain(value: Any) -> Any:
    from dataclasses import asdict, is_dataclass

    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    raise TypeError(f"{value!r} has no form in JSON")
