"""Where Herogate's flags end and another command's words begin."""

from __future__ import annotations

import click
import pytest

from herogate.cli.foreign import divided

FLAGS = {
    "-a": True,
    "--app": True,
    "-s": True,
    "--size": True,
    "-e": True,
    "-x": False,
    "--no-tty": False,
}


@pytest.mark.parametrize(
    ("typed", "own", "words"),
    [
        ("rake db:migrate", "", "rake db:migrate"),
        ("-a shop rake", "-a shop", "rake"),
        ("rake -a shop", "-a shop", "rake"),
        ("rake --app=shop --trace", "--app=shop", "rake --trace"),
        ("rails console --no-tty -a shop", "--no-tty -a shop", "rails console"),
        ("ls -la", "", "ls -la"),
        ("ls -alh", "", "ls -alh"),
        ("ruby -e puts", "", "ruby -e puts"),
        ("bash -x script -s", "", "bash -x script -s"),
        (
            "-x -s standard-2x -- run.sh -a arg1 -s arg2",
            "-x -s standard-2x",
            "run.sh -a arg1 -s arg2",
        ),
        ("npm run build -- -a x", "", "npm run build -- -a x"),
        ("-- -a", "", "-a"),
        ("-ashop rake", "-ashop", "rake"),
        ("--unknown rake", "--unknown", "rake"),
        ("rails --help", "", "rails --help"),
        ("--help", "--help", ""),
        ("cat -", "", "cat -"),
        ("", "", ""),
    ],
)
def test_flags_are_divided_from_words(typed: str, own: str, words: str) -> None:
    assert divided(typed.split(), FLAGS) == (own.split(), words.split())


def test_a_value_that_is_missing_is_asked_for() -> None:
    with pytest.raises(click.BadOptionUsage, match="'-a' requires an argument"):
        divided(["ls", "-a"], FLAGS)
