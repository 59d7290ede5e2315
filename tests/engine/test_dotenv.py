"""``.env`` files: what is written is read again, and so is what others write."""

from __future__ import annotations

import pytest

from herogate.engine import dotenv
from herogate.errors import InvalidRequest

VALUES = {
    "BARE": "production",
    "EMPTY": "",
    "SPACES": "  two words  ",
    "HASH": "a #b",
    "LINES": "line1\nline2\n",
    "QUOTES": 'it\'s "so"',
    "MONEY": "abc$123'x `y` !",
    "WINDOWS": "C:\\new\\x",
    "BOTH": "C:\\it's\n",
    "UNICODE": "ünïcödé 日本",
    "TABS": "a\tb",
}


def test_what_is_written_is_read_again() -> None:
    assert dotenv.read(dotenv.text(VALUES)) == VALUES


@pytest.mark.parametrize(
    ("source", "values"),
    [
        ("", {}),
        ("# only\n  # remarks\n\n", {}),
        ("A=1", {"A": "1"}),
        ("export A=1\r\nB = 2 \n", {"A": "1", "B": "2"}),
        ("A=a b # remark\nB=a#b\nC=#x", {"A": "a b", "B": "a#b", "C": "#x"}),
        ("A=\nB=''\nC=\"\"\n", {"A": "", "B": "", "C": ""}),
        ("A='$x \\n' # r\n", {"A": "$x \\n"}),
        ('A="one\ntwo\\nthree \\$x \\\\ "\n', {"A": "one\ntwo\nthree $x \\ "}),
        ("A=1\nA=2\n", {"A": "2"}),
        ("A=b=c\n", {"A": "b=c"}),
    ],
)
def test_what_others_write_is_read(source: str, values: dict[str, str]) -> None:
    assert dotenv.read(source) == values


@pytest.mark.parametrize(
    ("source", "line"),
    [("A=1\nsecret\n", 2), ("\n\n=secret\n", 3), ("A='secret\nB=2\n", 1), ('A="x" secret\n', 1)],
)
def test_a_line_that_is_no_config_var_is_named_without_what_it_holds(
    source: str, line: int
) -> None:
    with pytest.raises(InvalidRequest) as refused:
        dotenv.read(source)
    assert refused.value.message.startswith(f"Line {line} is no config var: ")
    assert "secret" not in refused.value.message
