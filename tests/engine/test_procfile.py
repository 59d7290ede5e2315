"""The Procfile: what it may say, and how its commands are started."""

from __future__ import annotations

import pytest

from herogate.engine import procfile
from herogate.engine.command_line import PASSING_SIGTERM_ON
from herogate.errors import BuildFailed


def test_a_procfile_declares_process_types_in_its_order() -> None:
    text = (
        "\ufeff# what runs\r\n"
        "web: gunicorn 'app:app' --log \"$LOG\" | tee log # as it is\r\n"
        "\n"
        "  worker-2 :python worker.py\t\n"
        "Clock_A:    echo über: x\n"
    )
    assert list(procfile.parse(text).items()) == [
        ("web", "gunicorn 'app:app' --log \"$LOG\" | tee log # as it is"),
        ("worker-2", "python worker.py"),
        ("Clock_A", "echo über: x"),
    ]


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("", "The Procfile declares no process type."),
        ("# web: x", "The Procfile declares no process type."),
        (
            "web: x\npython y",
            "Line 2 of the Procfile is not of the form <process type>: <command>.",
        ),
        ("web: x\nweb: y", "The Procfile has two lines for web."),
        (
            "1web: x",
            "'1web' cannot be a process type: it has up to 30 letters, digits, hyphens and "
            "underscores, and begins with a letter.",
        ),
        ("run: x", "'run' cannot be a process type: one-off processes are it."),
        ("web:", "web has no command of 1 to 4096 characters."),
        (f"web: {'x' * 4097}", "web has no command of 1 to 4096 characters."),
        ("web: a\x00b", "The command of web has characters that no command has."),
        ("web: a\ud800b", "The command of web has characters that no command has."),
        ("x" * 65537, "The Procfile is larger than 65536 bytes."),
        (
            "\n".join(f"p{number}: x" for number in range(31)),
            "There are 31 process types; an app has 30 at most.",
        ),
    ],
)
def test_a_procfile_that_is_none_is_refused(text: str, refusal: str) -> None:
    with pytest.raises(BuildFailed) as refused:
        procfile.parse(text)
    assert refused.value.message == refusal


@pytest.mark.parametrize(
    ("line", "shell", "started"),
    [
        ("node x.js $PORT", True, (("/bin/sh", "-c"), ("exec node x.js $PORT",))),
        ("a | b", True, (("/bin/sh", "-c", PASSING_SIGTERM_ON), ('a | (trap "" TERM; b\n)',))),
        ("/server --fast 'a b'", False, (("/server",), ("--fast", "a b"))),
    ],
)
def test_a_command_is_started_so_that_sigterm_reaches_the_program(
    line: str, shell: bool, started: tuple[tuple[str, ...], tuple[str, ...]]
) -> None:
    assert procfile.command(line, shell=shell) == started


def test_a_command_that_needs_a_shell_is_refused_for_an_image_without_one() -> None:
    with pytest.raises(BuildFailed) as refused:
        procfile.command("a | b", shell=False)
    assert refused.value.message == "The command 'a | b' needs a shell, and the image has none."
