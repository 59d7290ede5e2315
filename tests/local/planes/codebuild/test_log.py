"""A build's log: lines as they were written, secrets masked."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from herogate.local.planes.codebuild.log import BuildLog


def written(*steps: bytes | str | list[str]) -> list[str]:
    """What is logged of output (bytes), own lines (text) and secrets from then on (lists)."""
    lines: list[str] = []

    async def write(events: Sequence[tuple[int, str]]) -> None:
        lines.extend(message for _, message in events)

    async def log_all() -> None:
        log = BuildLog(write)
        for step in steps:
            if isinstance(step, bytes):
                await log.output(step)
            elif isinstance(step, str):
                await log.say(step)
            else:
                log.hide(step)
        await log.close()

    asyncio.run(log_all())
    return lines


def test_output_is_logged_by_lines_however_it_is_cut() -> None:
    text = "first\nGrüße\r\n\nrest".encode()

    assert written(*(text[n : n + 1] for n in range(len(text)))) == ["first", "Grüße", "rest"]


def test_what_codebuild_says_is_marked_line_by_line_and_ends_an_unfinished_line() -> None:
    lines = written(b"no end", "Running command cat <<E\na\nE\n")

    assert lines[0] == "no end"
    assert [(line[:12], line[39:]) for line in lines[1:]] == [
        ("[Container] ", "Running command cat <<E"),
        ("[Container] ", "a"),
        ("[Container] ", "E"),
    ]


def test_secrets_are_masked_from_when_they_are_known_longest_first() -> None:
    lines = written(
        b"hush hush\n", ["hush", "hush-hush\nsecond line", "abc"], b"a hush-hu", b"sh b\n"
    )
    masked = written(["hush", "second line"], b"second line, hush abc\n")

    assert lines == ["hush hush", "a *** b"]
    assert masked == ["***, *** abc"]


def test_a_line_without_end_is_logged_in_pieces() -> None:
    assert [len(line) for line in written(b"x" * 150_000)] == [60_000, 60_000, 30_000]


def test_bytes_that_are_no_text_are_shown_as_such() -> None:
    assert written(b"a\xff\nb\xc3") == ["a\ufffd", "b\ufffd"]


def test_many_lines_are_logged_in_order() -> None:
    numbers = [str(number) for number in range(20_000)]

    assert written("\n".join(numbers).encode()) == numbers
