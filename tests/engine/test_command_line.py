"""Command lines: the shell gets out of the way, and means the same."""

from __future__ import annotations

import os
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest

from herogate.engine import command_line, procfile

EXECUTED = {
    "gunicorn app:app --bind 0.0.0.0:$PORT": "exec gunicorn app:app --bind 0.0.0.0:$PORT",
    "cd site && python app.py": "cd site && exec python app.py",
    "test -f x || touch x; cat x": "test -f x || touch x; exec cat x",
    "FOO=bar BAZ='a b' python x.py": "FOO=bar BAZ='a b' exec python x.py",
    'FOO="$BAR baz" python x.py': 'FOO="$BAR baz" exec python x.py',
    "echo 'a|b' \"x;y\" > out 2>&1": "exec echo 'a|b' \"x;y\" > out 2>&1",
    "python app.py # says | hello": "exec python app.py # says | hello",
    "python app.py#1": "exec python app.py#1",
    'echo "$(date)" it\\\'s': 'exec echo "$(date)" it\\\'s',
    "echo $(date; ls) && ls": "echo $(date; ls) && exec ls",
    "A=1 cd x; export B=2; C=3 ./run": "A=1 cd x; export B=2; C=3 exec ./run",
    "echo ${PORT:-80}": "exec echo ${PORT:-80}",
    "exec node server.js": "exec node server.js",
    "sh -c 'a | b'": "exec sh -c 'a | b'",
}

NOT_EXECUTED = [
    "a | b",
    "a & b",
    "(a; b)",
    "{ a; b; }",
    "a; b;",
    "while true; do a; done",
    "if a; then b; fi",
    "f() { a; }; f",
    "trap 'a' TERM; b",
    "echo `date`",
    "export A=1",
    ". ./env.sh",
    "A=1",
    "# nothing",
    "echo 'open",
    "a\nb",
    "python app.py; echo over",
    "python migrate.py && python app.py",
    "python app.py || python mend.py",
]

FILTERED = {
    "python app.py | tee log": 'python app.py | (trap "" TERM; tee log\n)',
    "a 'x|y' 2>&1 | b | c # says": "a 'x|y' 2>&1 | (trap \"\" TERM; b | c # says\n)",
    "cd x && a | b && c; d | A=1 e": (
        'cd x && a | (trap "" TERM; b \n)&& c; d | (trap "" TERM; A=1 e\n)'
    ),
    "a | b & c": 'a | (trap "" TERM; b \n)& c',
    "a |": "a |",
    "a; b": "a; b",
    "a": "a",
    "a | while read x; do b; done": "a | while read x; do b; done",
    "(a; b) | c": "(a; b) | c",
}


@pytest.mark.parametrize(("line", "executed"), EXECUTED.items())
def test_the_last_command_takes_the_shells_place(line: str, executed: str) -> None:
    assert command_line.executed(line) == executed


@pytest.mark.parametrize("line", NOT_EXECUTED)
def test_what_needs_the_shell_to_its_end_keeps_it(line: str) -> None:
    assert command_line.executed(line) is None


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("./server --port 80", ("./server", "--port", "80")),
        ("./server 'a b' \"c d\"", ("./server", "a b", "c d")),
        ("./server '$PORT'", ("./server", "$PORT")),
        ("./server $PORT", None),
        ('./server "$PORT"', None),
        ("./server | tee log", None),
        ("A=1 ./server", None),
        ("./server 'open", None),
        ("", None),
    ],
)
def test_a_plain_line_can_do_without_a_shell(line: str, words: tuple[str, ...] | None) -> None:
    assert command_line.words(line) == words


@pytest.mark.parametrize("shell", ["sh", "bash"])
def test_a_line_means_the_same_with_the_shell_out_of_its_way(shell: str, tmp_path: Path) -> None:
    script = """A=1 B="two words" sh -c 'echo "$A $B $C"; exit 3'"""
    line = f"cd / && {script}"
    executed = command_line.executed(line)
    assert executed == f"cd / && {script.replace('sh -c', 'exec sh -c')}"
    runs = [
        subprocess.run([shell, "-c", each], env={**os.environ, "C": "3"}, capture_output=True)
        for each in (line, executed)
    ]
    assert [(run.returncode, run.stdout, run.stderr) for run in runs] == [
        (3, b"1 two words 3\n", b"")
    ] * 2


@pytest.mark.parametrize(("line", "filtered"), FILTERED.items())
def test_the_rest_of_a_pipeline_ends_after_its_first_program(line: str, filtered: str) -> None:
    assert command_line.filters_last(line) == filtered


@pytest.mark.parametrize(
    ("line", "status", "said"),
    [
        ("echo a | cat; exit 7", 7, "a\n"),
        ("true & wait", 0, ""),
        ("echo \"$A\" '$A' \\$A | sed 's/b/\\$/'", 0, "$ c $A $A\n"),
        ("echo a | cat # | b", 0, "a\n"),
    ],
)
def test_a_line_run_under_the_script_ends_as_it_ends(line: str, status: int, said: str) -> None:
    ran = subprocess.run(
        started(line), env={**os.environ, "A": "b c"}, capture_output=True, text=True
    )
    assert (ran.returncode, ran.stdout) == (status, said)


@pytest.mark.parametrize(
    ("line", "said", "status"),
    [
        ("{program} 5 | sed -u 's/^/> /' | cat", ["> stopped 5"], 0),
        ("{program} 5; echo never", ["stopped 5"], 5),
        ("{program} 0 && {program} 5", ["stopped 0"], 0),
        ("({program} 5)", ["stopped 5"], 5),
        ("{program} 5 & {program} 6 & wait", ["stopped 5", "stopped 6"], 128 + signal.SIGTERM),
    ],
)
def test_sigterm_for_the_first_process_lets_each_program_end_in_its_own_way(
    line: str, said: list[str], status: int, tmp_path: Path
) -> None:
    program = tmp_path / "program"
    program.write_text(STOPPING)
    with subprocess.Popen(
        started(line.format(program=f"sh {program}")),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            for _ in said:  # a program that does not listen yet hears nothing
                assert process.stdout.readline().endswith("ready\n")
            process.send_signal(signal.SIGTERM)
            told, _ = process.communicate(timeout=20)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        assert (sorted(told.splitlines()), process.returncode) == (said, status)


STOPPING = """\
trap 'sleep 0.2; echo stopped $1; exit $1' TERM
echo ready
while :; do sleep 0.05; done
"""


def started(line: str) -> list[str]:
    """A line as a container is started with it."""
    entry_point, command = procfile.command(line, shell=True)
    assert entry_point[-1] == command_line.PASSING_SIGTERM_ON
    return [*entry_point, *command]
