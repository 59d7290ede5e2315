"""Children: what they are given, what is told of them, and that nothing of them stays."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from processes import command_lines, is_running
from waiting import wait_until

from herogate.local.runtimes.child import Child, Command

ENVIRONMENT = {"PATH": "/usr/bin:/bin"}
NAP = f"1000.{os.getpid()}"
"""So long, in seconds, sleeps what these tests leave behind; told apart from that of other runs."""


@dataclass
class Output:
    """What a child has written so far."""

    pieces: list[bytes] = field(default_factory=list)

    async def __call__(self, piece: bytes) -> None:
        self.pieces.append(piece)

    @property
    def text(self) -> str:
        return b"".join(self.pieces).decode()

    async def shows(self, line: str) -> None:
        """Wait until the child has written this line."""
        async with asyncio.timeout(60):
            while line not in self.text.splitlines():
                await asyncio.sleep(0.01)


def command(*argv: str, directory: Path = Path("/"), **environment: str) -> Command:
    return Command(argv=argv, environment={**ENVIRONMENT, **environment}, directory=directory)


def shell(script: str) -> Command:
    return command("sh", "-c", textwrap.dedent(script))


def python(script: str) -> Command:
    return command(sys.executable, "-c", textwrap.dedent(script))


@contextlib.asynccontextmanager
async def started(
    what: Command, output: Output, inherited: Sequence[int] = ()
) -> AsyncIterator[Child]:
    child = await Child.start(what, inherited=inherited, output=output)
    try:
        yield child
    finally:
        child.kill()
        await child.ended()


def run(what: Command, inherited: Sequence[int] = ()) -> tuple[int, str]:
    """A child's exit status and all its output."""

    async def to_its_end() -> tuple[int, str]:
        output = Output()
        async with started(what, output, inherited) as child:
            return await child.ended(), output.text

    return asyncio.run(to_its_end())


@pytest.mark.parametrize(
    ("script", "status"),
    [("exit 0", 0), ("exit 255", 255), ("kill -KILL $$", 137), ("kill -SEGV $$", 139)],
)
def test_the_exit_status_is_the_programs(script: str, status: int) -> None:
    assert run(shell(script)) == (status, "")


def test_output_and_errors_come_as_one_stream_in_order() -> None:
    assert run(shell("for i in 1 2 3; do echo out $i; echo err $i >&2; done")) == (
        0,
        "out 1\nerr 1\nout 2\nerr 2\nout 3\nerr 3\n",
    )


def test_ten_megabytes_arrive_whole_before_the_end_is_told() -> None:
    status, text = run(shell("seq 1 1500000"))
    assert status == 0
    assert text == "".join(f"{number}\n" for number in range(1, 1_500_001))


def test_the_environment_is_exactly_the_one_told(tmp_path: Path) -> None:
    status, text = run(command("env", "-0", directory=tmp_path, GRÜSSE="a\nb=c", EMPTY=""))
    told = dict(entry.split("=", 1) for entry in text.split("\0")[:-1])
    assert (status, told) == (0, {**ENVIRONMENT, "GRÜSSE": "a\nb=c", "EMPTY": ""})


def test_the_program_starts_in_its_directory_with_nothing_to_read(tmp_path: Path) -> None:
    assert run(command("sh", "-c", "pwd; cat", directory=tmp_path)) == (0, f"{tmp_path}\n")


def test_a_program_without_a_slash_is_found_on_the_path_of_its_own_environment(
    tmp_path: Path,
) -> None:
    program = tmp_path / "only-here"
    program.write_text("#!/bin/sh\necho $0\n")
    program.chmod(0o755)
    assert run(command("only-here", PATH=str(tmp_path))) == (0, f"{program}\n")


def test_the_program_gets_no_descriptors_but_the_first_three(tmp_path: Path) -> None:
    with (tmp_path / "held").open("w") as held:
        script = "import os; print(sorted(os.listdir('/proc/self/fd'))[:-1])"
        assert run(python(script), [held.fileno()]) == (0, "['0', '1', '2']\n")


def test_the_program_has_default_signal_handling() -> None:
    script = """
        import signal
        print(signal.getsignal(signal.SIGTERM) == signal.SIG_DFL, signal.pthread_sigmask(0, []))
    """
    assert run(python(script)) == (0, "True set()\n")
    ignored = int(run(shell("grep SigIgn /proc/self/status"))[1].split()[1], 16)
    assert [number for number in signal.valid_signals() if ignored >> (number - 1) & 1] == []


def test_a_program_that_is_not_there_says_so() -> None:
    with pytest.raises(FileNotFoundError) as caught:
        run(command("no-such-program"))
    assert caught.value.filename == "no-such-program"


def test_a_program_that_may_not_be_executed_says_so(tmp_path: Path) -> None:
    program = tmp_path / "program"
    program.touch(mode=0o600)
    with pytest.raises(PermissionError) as caught:
        run(command(str(program)))
    assert caught.value.filename == str(program)


def test_a_directory_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        run(command("true", directory=tmp_path / "absent"))


def test_a_signal_reaches_the_program_and_its_group() -> None:
    async def signalled() -> tuple[int, str]:
        output = Output()
        script = """
            trap 'wait; echo program; exit 7' TERM
            (trap 'echo child; exit' TERM; echo ready; while :; do sleep 0.05; done) &
            while :; do sleep 0.05; done
        """
        async with started(shell(script), output) as child:
            await output.shows("ready")
            child.signal(signal.SIGTERM)
            return await child.ended(), output.text

    status, text = asyncio.run(signalled())
    lines = [line for line in text.splitlines() if line != "Terminated"]
    assert (status, lines) == (7, ["ready", "child", "program"])


def test_a_signal_can_be_for_the_program_alone() -> None:
    async def asked() -> tuple[int, str]:
        output = Output()
        script = """
            trap 'echo program; exit 7' TERM
            (trap 'echo child; exit' TERM; echo ready; while :; do sleep 0.05; done) &
            while :; do sleep 0.05; done
        """
        async with started(shell(script), output) as child:
            await output.shows("ready")
            child.ask(signal.SIGTERM)
            return await child.ended(), output.text

    assert asyncio.run(asked()) == (7, "ready\nprogram\n")


def test_a_signal_that_is_not_handled_ends_the_program_with_its_number() -> None:
    async def signalled() -> int:
        output = Output()
        async with started(shell(f"echo ready; exec sleep {NAP}"), output) as child:
            await output.shows("ready")
            child.signal(signal.SIGTERM)
            return await child.ended()

    assert asyncio.run(signalled()) == 143


def test_a_signal_after_the_end_is_no_error() -> None:
    async def signalled() -> int:
        async with started(shell("exit 4"), Output()) as child:
            await child.ended()
            child.signal(signal.SIGTERM)
            child.kill()
            return await child.ended()

    assert asyncio.run(signalled()) == 4


DAEMONS = f"""
(exec sleep {NAP}) &
setsid sh -c 'setsid sleep {NAP} & sleep {NAP}' &
python3 -c '
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        print(os.getpid(), flush=True)
        time.sleep({NAP})
    os._exit(0)
' &
echo $$
"""
"""Leaves in the background: a job, a session with a job in it, and a daemon that has forked twice."""


def sleepers() -> list[str]:
    return [line for line in command_lines() if "sleep" in line and NAP in line]


async def shown_pids(output: Output, count: int) -> list[int]:
    async with asyncio.timeout(60):
        while len(pids := [int(word) for word in output.text.split()]) < count:
            await asyncio.sleep(0.01)
    return pids


def until_there_is(path: Path) -> str:
    return f"until [ -e {path} ]; do sleep 0.05; done"


def test_what_the_program_leaves_behind_ends_with_it(tmp_path: Path) -> None:
    async def left() -> int:
        output = Output()
        async with started(
            shell(f"{DAEMONS}{until_there_is(tmp_path / 'go')}; exit 5"), output
        ) as child:
            await shown_pids(output, 2)
            (tmp_path / "go").touch()
            return await child.ended()

    assert asyncio.run(left()) == 5
    assert sleepers() == []


def test_killing_ends_what_has_left_the_group_too() -> None:
    async def killed() -> int:
        output = Output()
        async with started(shell(DAEMONS + f"exec sleep {NAP}"), output) as child:
            await shown_pids(output, 2)
            child.kill()
            return await child.ended()

    assert asyncio.run(killed()) == 137
    assert sleepers() == []


def kin(pid: int) -> int:
    """The process below the one that keeps the program."""
    return int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])


@pytest.mark.parametrize("victim", ["keeper", "warden", "program"])
def test_whichever_process_is_killed_nothing_of_the_program_stays(victim: str) -> None:
    async def killed() -> int:
        output = Output()
        async with started(shell(DAEMONS + f"exec sleep {NAP}"), output) as child:
            await shown_pids(output, 2)
            warden = kin(child.pid)
            chosen = {"keeper": child.pid, "warden": warden, "program": kin(warden)}
            os.kill(chosen[victim], signal.SIGKILL)
            return await child.ended()

    assert asyncio.run(killed()) == 137
    wait_until(lambda: sleepers() == [])


PARENT = """
    import asyncio, sys
    from pathlib import Path
    from herogate.local.runtimes.child import Child, Command

    async def show(piece):
        sys.stdout.write(piece.decode())
        sys.stdout.flush()

    async def main():
        command = Command(
            argv=("sh", "-c", sys.argv[1]), environment={"PATH": "/usr/bin:/bin"}, directory=Path("/")
        )
        child = await Child.start(command, inherited=(int(sys.argv[2]),), output=show)
        print(child.pid, flush=True)
        await child.ended()

    asyncio.run(main())
"""


def test_a_killed_parent_takes_every_descendant_along() -> None:
    reading, held = os.pipe()
    script = DAEMONS + f"exec sleep {NAP}"
    parent = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(PARENT), script, str(held)],
        stdout=subprocess.PIPE,
        pass_fds=(held,),
        text=True,
    )
    os.close(held)
    with parent:
        try:
            assert parent.stdout
            pids = [int(parent.stdout.readline()) for _ in range(3)]
            assert all(map(is_running, pids))
        finally:
            parent.kill()
    wait_until(lambda: not any(map(is_running, pids)) and sleepers() == [])
    assert os.read(reading, 1) == b""  # what was inherited is held by nobody any more
    os.close(reading)


def test_a_slow_reader_makes_the_program_wait() -> None:
    async def read_slowly() -> tuple[int, int]:
        total, may_go_on = 0, asyncio.Event()

        async def output(piece: bytes) -> None:
            nonlocal total
            await may_go_on.wait()
            total += len(piece)

        child = await Child.start(
            shell("yes | head -c 4000000; echo over >&2"), inherited=(), output=output
        )
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(child.ended(), 0.2)
        may_go_on.set()
        return await child.ended(), total

    assert asyncio.run(read_slowly()) == (0, 4_000_005)


def test_a_program_whose_output_nobody_can_take_is_ended() -> None:
    async def refuse(_: bytes) -> None:
        raise ConnectionError("full")

    async def unheard() -> None:
        child = await Child.start(shell(f"echo x; exec sleep {NAP}"), inherited=(), output=refuse)
        await child.ended()

    with pytest.raises(ConnectionError, match="full"):
        asyncio.run(unheard())
    assert sleepers() == []


def test_output_handed_to_a_stranger_delays_the_end_by_a_moment_only(tmp_path: Path) -> None:
    async def handed_on() -> int:
        output = Output()
        script = f"echo /proc/$$/fd/1 > {tmp_path}/where; {until_there_is(tmp_path / 'go')}"
        async with started(shell(script), output) as child:
            where = tmp_path / "where"
            wait_until(lambda: where.exists() and where.read_text().endswith("\n"))
            with Path(where.read_text().strip()).open("w"):
                (tmp_path / "go").touch()
                async with asyncio.timeout(60):
                    return await child.ended()

    assert asyncio.run(handed_on()) == 0


def test_neither_arguments_nor_environment_can_hold_a_nul() -> None:
    with pytest.raises(ValueError, match="cannot hold a NUL character"):
        run(command("echo", "a\0b"))


def test_no_argument_list_shows_the_environment() -> None:
    async def sampled() -> bool:
        output = Output()
        what = command("sh", "-c", f"echo ready; exec sleep {NAP}", KEY="unmistakable-secret")
        async with started(what, output):
            await output.shows("ready")
            return any("unmistakable-secret" in line for line in command_lines())

    assert asyncio.run(sampled()) is False
