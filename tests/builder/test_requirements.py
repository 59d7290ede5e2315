"""Requirements as anybody may have written them: read with what they include, or refused in a line."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest

from herogate.builder import requirements
from herogate.errors import BuildFailed


def test_each_file_is_read_once_wherever_it_is_included(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "requirements.txt").write_text("-r in/a.txt\n-c in/b.txt\n-r https://x.example/c\n")
    (tmp_path / "in" / "a.txt").write_text("-r b.txt\n")
    (tmp_path / "in" / "b.txt").write_bytes(codecs.BOM_UTF16_LE + "d==1\n".encode("utf-16-le"))
    assert requirements.texts(tmp_path) == [
        "-r in/a.txt\n-c in/b.txt\n-r https://x.example/c\n",
        "-r b.txt\n",
        "d==1\n",
    ]


@pytest.mark.parametrize(
    ("written", "why"),
    [
        pytest.param(
            b"-r requirements.txt\n", "requirements.txt includes itself.", id="in a circle"
        ),
        pytest.param(
            b"-r x/../requirements.txt\n",
            "x/../requirements.txt includes itself.",
            id="in a detour",
        ),
        pytest.param(b"-r /dev/zero\n", "/dev/zero is no file that can be read.", id="without end"),
        pytest.param(b"-r .\n", ". is no file that can be read.", id="a directory"),
        pytest.param(b"-r a\0b\n", "a\0b is no file that can be read.", id="a NUL"),
        pytest.param(
            b"-r " + b"a" * 5_000,
            f"{'a' * 80} cannot be read: File name too long",
            id="a long name",
        ),
        pytest.param(b"#" * (9 << 20), "requirements.txt is too large: 8388608 bytes", id="large"),
        pytest.param(
            b"\x80", "requirements.txt is no text: 'utf-8' codec can't decode", id="binary"
        ),
    ],
)
def test_what_pip_would_stumble_over_is_refused(tmp_path: Path, written: bytes, why: str) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "requirements.txt").write_bytes(written)
    assert refusal(tmp_path).startswith(why)


def test_a_long_row_of_inclusions_is_refused(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("-r 0\n")
    for number in range(50):
        (tmp_path / str(number)).write_text(f"-r {number + 1}\n")
    assert refusal(tmp_path) == "requirements.txt includes too much."


def refusal(source: Path) -> str:
    with pytest.raises(BuildFailed) as refused:
        requirements.texts(source)
    return refused.value.message
