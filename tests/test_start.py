"""The programs' first moments."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

import pytest
from command_line import SCRIPTS

INTERRUPTED = """\
import os, signal, sys

class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == "herogate.errors":
            os.kill(os.getpid(), signal.SIGINT)

signal.signal(signal.SIGINT, signal.default_int_handler)
sys.meta_path.insert(0, Finder())
"""
"""Has a Ctrl-C come while a program imports what it needs."""


@pytest.mark.parametrize("program", ["herogate", "git-remote-herogate"])
def test_a_ctrl_c_before_a_program_listens_ends_it_without_a_word(
    program: str, tmp_path: Path
) -> None:
    (tmp_path / "sitecustomize.py").write_text(INTERRUPTED)
    ended = subprocess.run(
        [SCRIPTS / program],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (-signal.SIGINT, "", "")
