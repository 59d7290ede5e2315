"""The tutorial's commands, typed one after the other in one shell, print what it shows."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
END = re.compile(r"^<end (\d+)>\n", re.MULTILINE)
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)

VARYING = (
    (re.compile(r"\b[0-9a-f]{8}\b"), "<id>"),
    (re.compile(r"(localhost|127\.0\.0\.1):\d+"), r"\1:<port>"),
    (re.compile(r"\d{4}/\d\d/\d\d \d\d:\d\d:\d\d \+0000"), "<time>"),
    (re.compile(r"\(~ \d+[smh] ago\)"), "<age>"),
)
"""What is another each time."""

PASSING = re.compile(r"^ ›.*\n|^.*\.\.\. (?:!|\d+/\d+.*|cleaning up.*)\n", re.MULTILINE)  # noqa: RUF001
"""What a slow machine, or one whose ports are in use, says in between."""

pytestmark = pytest.mark.e2e


class Shell:
    """A shell that somebody types into; it shows both streams, as a terminal does."""

    def __init__(self, directory: Path, environment: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            ["bash", "--norc"],
            cwd=directory,
            env={**environment, "PYTHONUNBUFFERED": "1"},  # lines appear as on a terminal
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def type(self, command: str) -> tuple[int, str]:
        """Type a command; its exit code and what it prints."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{command} </dev/null\nprintf '<end %s>\\n' $?\n")
        self._process.stdin.flush()
        said = ""
        while (end := END.search(said)) is None:
            line = self._process.stdout.readline()
            assert line, f"the shell has ended: {said}"
            said += line
        return int(end[1]), said[: end.start()]

    def close(self) -> None:
        self._process.communicate()


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    """A shell in a checkout, with a local cloud to come; afterwards none runs."""
    checkout = tmp_path / "checkout"
    shutil.copytree(ROOT / "docs/samples", checkout / "docs/samples")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    path = f"{sysconfig.get_path('scripts')}{os.pathsep}{os.environ['PATH']}"
    author = {
        f"GIT_{who}_{what}": text
        for who in ("AUTHOR", "COMMITTER")
        for what, text in (("NAME", "Ada"), ("EMAIL", "ada@example.com"))
    }
    environment = {**kept, **author, "HOME": str(tmp_path), "PATH": path, "LC_ALL": "C.UTF-8"}
    environment |= {"HEROGATE_LOCAL_DIR": str(tmp_path / "cloud")}
    shell = Shell(checkout, environment)
    yield shell
    shell.type("herogate local stop")
    shell.close()


def typed(page: str) -> Iterator[tuple[str, str]]:
    """Each command that a page shows, with what it shows of its output."""
    for block in BLOCK.findall(page):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            yield command, output


def pattern(shown: str) -> str:
    """An output as shown, in which ``...`` alone on a line or after a colon stands for anything."""
    escaped = re.escape(told(shown))
    lines = escaped.replace(re.escape("\n...\n"), "\n(?:.*\n)*?")
    return lines.replace(re.escape(": ..."), ": .*")


def told(output: str) -> str:
    """An output without what is another each time."""
    output = PASSING.sub("", output)
    for varying, name in VARYING:
        output = varying.sub(name, output)
    return output


def test_the_tutorial_is_true(shell: Shell) -> None:
    commands = list(typed((ROOT / "docs/tutorial.md").read_text()))
    assert len(commands) > 25
    for command, shown in commands:
        code, output = shell.type(command)
        assert code == 0, f"{command}: {output}"
        assert re.fullmatch(pattern("\n" + shown), "\n" + told(output)), f"{command}: {output}"
