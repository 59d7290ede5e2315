"""The shell of a build: what stays from command to command, and what ends."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from herogate.local.planes.codebuild.buildspec import Shell
from herogate.local.planes.codebuild.session import ShellSession

Work = Callable[[ShellSession], Awaitable[None]]
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "GIVEN": "a value"}


def written_in(directory: Path, work: Work, *, shell: Shell = Shell.BASH, one: bool = True) -> str:
    """What the commands of `work` write."""
    pieces: list[bytes] = []

    async def output(piece: bytes) -> None:
        pieces.append(piece)

    async def begin() -> None:
        control, source = directory / "con trol", directory / "source"
        for each in (control, source):
            each.mkdir()
        session = ShellSession(
            control=control,
            directory=source,
            environment=ENVIRONMENT,
            shell=shell,
            one_shell=one,
            inherited=(),
            output=output,
        )
        try:
            await work(session)
        finally:
            await session.close()

    asyncio.run(begin())
    return b"".join(pieces).decode()


def statuses(*commands: str) -> tuple[Work, list[int]]:
    """Work that runs the commands, and the statuses they end with."""
    seen: list[int] = []

    async def work(session: ShellSession) -> None:
        seen.extend([await session.run(command) for command in commands])

    return work, seen


@pytest.mark.parametrize("shell", Shell)
def test_directory_variables_and_functions_stay_from_command_to_command(
    tmp_path: Path, shell: Shell
) -> None:
    work, seen = statuses(
        'mkdir -p "a b"; cd "a b"',
        'own=1; export shared=2; greet() { echo "hello $1"; }',
        'greet "$(basename "$PWD") $own $shared"; bash -c \'echo "[$own$shared]"\'',
    )

    assert written_in(tmp_path, work, shell=shell) == "hello a b 1 2\n[2]\n"
    assert seen == [0, 0, 0]


def test_a_command_that_exits_gives_its_status_and_the_next_finds_what_was(tmp_path: Path) -> None:
    work, seen = statuses(
        "cd /tmp; own='two\nlines'; list=(a b); export shared=s; greet() { echo hi; }; exit 3",
        'greet; echo "$PWD $own ${list[1]} $shared"',
        "set -e; false; echo never",
        'echo "$own"; exit 0',
    )

    assert written_in(tmp_path, work) == "hi\n/tmp two\nlines b s\ntwo\nlines\n"
    assert seen == [3, 0, 1, 0]


def test_a_command_that_takes_the_shells_place_is_followed_by_a_fresh_one(tmp_path: Path) -> None:
    work, seen = statuses("cd /; exec sh -c 'echo taken; exit 4'", 'basename "$PWD"', "kill -9 $$")

    assert written_in(tmp_path, work) == "taken\nsource\n"
    assert seen == [4, 0, 137]


def test_each_command_of_version_0_1_has_a_shell_of_its_own(tmp_path: Path) -> None:
    work, seen = statuses("cd /; own=1; exit 0", 'echo "$(basename "$PWD")$own"')

    assert written_in(tmp_path, work, one=False) == "source\n"
    assert seen == [0, 0]


def test_syntax_errors_and_unknown_commands_fail_and_the_shell_goes_on(tmp_path: Path) -> None:
    for number, shell in enumerate(Shell):
        work, seen = statuses("if then", "no-such-program", "echo on")
        directory = tmp_path / str(number)
        directory.mkdir()
        written = written_in(directory, work, shell=shell)

        assert "syntax error" in written
        assert written.endswith("no-such-program: command not found\non\n")
        assert (seen[0] > 0, seen[1:]) == (True, [127, 0])


def test_output_comes_in_order_with_what_precedes_the_end_of_its_command(tmp_path: Path) -> None:
    pieces: list[str] = []

    async def work(session: ShellSession) -> None:
        for number in range(50):
            await session.run(f"printf '\\036%s' {number}; echo {number} >&2; printf '\\036'")
            pieces.append(str(number))

    assert written_in(tmp_path, work) == "".join(f"\x1e{n}{n}\n\x1e" for n in pieces)


def test_nothing_is_to_be_read_and_no_descriptor_leads_to_the_next_command(tmp_path: Path) -> None:
    work, seen = statuses("cat; read -r line", "echo still here")

    assert written_in(tmp_path, work) == "still here\n"
    assert seen == [1, 0]


def test_texts_are_evaluated_with_the_variables_of_now(tmp_path: Path) -> None:
    seen: list[str] = []

    async def work(session: ShellSession) -> None:
        await session.export("LATER", "it's")
        await session.run('own="x y"')
        await session.export("LATER", 'it "is"')
        seen.extend(await session.evaluated("$own", 'q"$LATER', "$(echo $((1 + 1)))", "${NONE-}"))

    assert written_in(tmp_path, work) == ""
    assert seen == ["x y", 'q"it "is"', "2", ""]


def test_the_end_of_a_session_is_the_end_of_what_it_started(tmp_path: Path) -> None:
    work, _ = statuses("setsid sleep 1000 & echo $!; sleep 1000 & echo $!")

    for pid in map(int, written_in(tmp_path, work).split()):
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_variables_are_set_and_texts_evaluated_in_version_0_1_as_well(tmp_path: Path) -> None:
    seen: list[str] = []

    async def work(session: ShellSession) -> None:
        await session.run("true")
        await session.export("LATER", "now")
        await session.run("echo $LATER")
        seen.extend(await session.evaluated("$LATER"))

    assert (written_in(tmp_path, work, one=False), seen) == ("now\n", ["now"])
