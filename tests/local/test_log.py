"""The log file: bounded, and followed across its new beginnings."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from herogate.local.log import follow, tail

WRITE = """
import logging, sys
from pathlib import Path
from herogate.local.log import BoundedLog

handler = BoundedLog(Path(sys.argv[1]), limit_bytes=1000)
log = logging.Logger("written")
log.addHandler(handler)
for number in range(250):
    log.info("line %03d", number)
    print("by another writer", file=sys.stderr, flush=True)
"""


def test_a_log_that_grows_large_begins_anew_and_keeps_what_it_held_beside_it(
    tmp_path: Path,
) -> None:
    file = tmp_path / "cloud.log"
    with file.open("ab") as log:
        subprocess.run([sys.executable, "-c", WRITE, str(file)], stderr=log, check=True)
    before = tmp_path / "cloud.log.1"
    assert max(file.stat().st_size, before.stat().st_size) < 1100
    numbered = [
        line
        for line in (before.read_text() + file.read_text()).splitlines()
        if line.startswith("line ")
    ]
    assert numbered == [f"line {number:03}" for number in range(250 - len(numbered), 250)]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cloud.log", "cloud.log.1"]


def test_a_log_begun_anew_is_followed_from_its_start(tmp_path: Path) -> None:
    file = tmp_path / "cloud.log"
    file.write_text("seen before\nand this\n")
    steps = iter(["seen before\nand this\nadded\n", "anew\n"])
    lines = follow(file, sleep=lambda _: (file.write_text(next(steps)), None)[1])
    assert [next(lines), next(lines)] == ["added", "anew"]
    assert tail(file, 5) == ["anew"]
