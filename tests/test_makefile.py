"""The Makefile on machines that lack something, and on one that lacks nothing."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout in which nothing was made yet."""
    made = tmp_path / "checkout"
    made.mkdir()
    for name in ("Makefile", "pyproject.toml"):
        shutil.copy(ROOT / name, made)
    return made


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A directory that is all of PATH: what every machine has, and what a test puts there."""
    made = tmp_path / "programs"
    made.mkdir()
    for name in ("sh", "make", "touch"):
        found = shutil.which(name)
        assert found is not None
        (made / name).symlink_to(found)
    return made


def program(path: Path, *lines: str) -> None:
    path.write_text("\n".join(["#!/bin/sh", *lines, ""]))
    path.chmod(0o755)


def make(checkout: Path, programs: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    return subprocess.run(
        ["make", *arguments],
        cwd=checkout,
        env={**kept, "PATH": str(programs)},
        capture_output=True,
        text=True,
    )


def complaint(said: subprocess.CompletedProcess[str]) -> tuple[int, str]:
    """Exit code and message of a refusal that is one line, without make's own words around it."""
    assert said.stdout == ""
    (line,) = said.stderr.splitlines()
    return said.returncode, line.partition("*** ")[2].removesuffix(".  Stop.")


@pytest.mark.parametrize("target", ["demo", "test", "check"])
def test_a_machine_without_git_is_told_to_install_it(
    checkout: Path, programs: Path, target: str
) -> None:
    said = make(checkout, programs, target)
    assert complaint(said) == (2, "git is missing: install git")


def test_a_machine_without_python_is_told_to_install_it(checkout: Path, programs: Path) -> None:
    program(programs / "git")
    said = make(checkout, programs, "test")
    assert complaint(said) == (
        2,
        "Python 3.11 or newer is missing: install python3 and python3-venv",
    )


def test_a_python_that_cannot_make_environments_is_named(checkout: Path, programs: Path) -> None:
    program(programs / "git")
    program(
        programs / "python3.12",
        'case "$*" in *ensurepip*) echo "a long traceback" >&2; exit 1 ;; esac',
    )
    said = make(checkout, programs, "test")
    assert complaint(said) == (
        2,
        "python3.12 cannot make virtual environments: install python3-venv",
    )


def test_a_second_run_does_not_install_again(checkout: Path, programs: Path) -> None:
    program(programs / "git")
    (checkout / ".venv/bin").mkdir(parents=True)
    program(checkout / ".venv/bin/pytest", 'echo "pytest ran"')
    (checkout / ".venv/.dev").touch()
    said = make(checkout, programs, "test")
    assert (said.returncode, said.stdout, said.stderr) == (0, "pytest ran\n", "")


def test_a_machine_without_node_is_told_what_the_judges_need(
    checkout: Path, programs: Path
) -> None:
    program(programs / "git")
    for stamp in (".venv/.dev", ".venv-audit/.judges"):
        (checkout / stamp).parent.mkdir()
    for needed in ("requirements.txt", "package.json"):
        (checkout / "tests/audit").mkdir(parents=True, exist_ok=True)
        (checkout / "tests/audit" / needed).touch()
    for stamp in (".venv/.dev", ".venv-audit/.judges"):
        (checkout / stamp).touch()
    said = make(checkout, programs, "audit")
    assert complaint(said) == (2, "npm is missing: install Node.js")
