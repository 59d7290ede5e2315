"""Bytes into lines, however they come."""

from __future__ import annotations

import pytest

from herogate.local.runtimes.task_log import Lines

LIMIT = 256 * 1024 - 26


def cut(*pieces: bytes) -> list[str]:
    lines = Lines()
    return [line for piece in pieces for line in lines.take(piece)] + lines.rest()


@pytest.mark.parametrize(
    ("pieces", "lines"),
    [
        ([], []),
        ([b"one\ntwo\n"], ["one", "two"]),
        ([b"o", b"ne\nt", b"wo"], ["one", "two"]),
        ([b"\n\nx\n"], ["", "", "x"]),
        ([b"carriage\r\nreturn\rkept\n"], ["carriage\r", "return\rkept"]),
        (["grün\n".encode()[:3], "grün\n".encode()[3:]], ["grün"]),
        ([b"\xff broken\n"], ["\ufffd broken"]),
        ([b"x" * LIMIT + b"\n"], ["x" * LIMIT]),
        ([b"x" * LIMIT + b"y\n"], ["x" * LIMIT, "y"]),
        ([b"x" * (LIMIT - 1) + "日y\n".encode()], ["x" * (LIMIT - 1), "日y"]),
        ([b"x" * (LIMIT - 2) + "日".encode()[:2], "日".encode()[2:]], ["x" * (LIMIT - 2), "日"]),
        ([b"\x80" * (LIMIT + 1)], ["\ufffd" * LIMIT, "\ufffd"]),
        ([b"x" * 200_000, b"x" * 200_000, b"\nz"], ["x" * LIMIT, "x" * (400_000 - LIMIT), "z"]),
    ],
)
def test_lines_come_out_as_they_went_in(pieces: list[bytes], lines: list[str]) -> None:
    assert cut(*pieces) == lines


def test_a_long_line_is_given_out_before_it_ends() -> None:
    lines = Lines()
    assert lines.take(b"x" * LIMIT) == ["x" * LIMIT]
    assert lines.take(b"y\n") == ["y"]
