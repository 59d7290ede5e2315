"""`config:set`: values from arguments, files and standard input, and those that nobody sees."""

# ruff: noqa: RUF001 - the bar of Heroku's errors

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator

import pytest
from command_line import SCRIPTS, Said
from shops import NAME, Shop

from herogate.cli.config_set import divided

pytestmark = pytest.mark.e2e


def test_pairs_are_told_from_keys_that_stand_alone() -> None:
    assert divided(["A=1", "B", "C=a=b", "D="]) == ({"A": "1", "C": "a=b", "D": ""}, ["B"])


@pytest.fixture
def kept(shop: Shop) -> Iterator[Shop]:
    """The app, without config vars afterwards."""
    yield shop
    if keys := list(json.loads(shop.herogate("config", "--json").out)):
        assert shop.herogate("config:unset", *keys).code == 0


def test_values_come_from_files_and_are_not_shown(kept: Shop) -> None:
    (kept.folder / "production.env").write_text(
        "# of production\nexport A=1\nB='two words' # a remark\n\nC=\"line1\\nline2\"\nE='1\r2'\n"
    )
    (kept.folder / "key.pem").write_text("-----BEGIN-----\nx\n")
    said = kept.herogate("config:set", "D=4", "KEY", "-e", "production.env", "--file", "key.pem")
    assert (said.out, said.code) == ("D: 4\n", 0)
    assert said.err.startswith(f"Setting A, B, C, E, KEY, D and restarting {NAME}... done, v")
    assert json.loads(kept.herogate("config", "--json").out) == {
        "A": "1",
        "B": "two words",
        "C": "line1\nline2",
        "E": "1\r2",
        "KEY": "-----BEGIN-----\nx\n",
        "D": "4",
    }


def test_a_value_comes_from_standard_input_whole_and_an_editor_leaves_it_so(kept: Shop) -> None:
    said = subprocess.run(
        [SCRIPTS / "herogate", "config:set", "KEY", "--stdin"],
        cwd=kept.folder,
        env=kept.environment,
        input=b"a\nb\r\nc\rd\n",
        capture_output=True,
    )
    assert (said.stdout, said.returncode) == (b"", 0)
    assert json.loads(kept.herogate("config", "--json").out) == {"KEY": "a\nb\r\nc\rd\n"}
    for words in ([], ["KEY"]):
        edited = kept.herogate("config:edit", *words, EDITOR="true")
        assert (edited.err, edited.code) == (" ›   Warning: no changes to config\n", 0)


@pytest.mark.parametrize(
    ("words", "error", "code"),
    [
        ("A B=2", "A is invalid. Must be in the format FOO=bar.", 1),
        ("A --stdin --file key.pem", "Give values in one way: --stdin, --file or --prompt.", 2),
        ("A B --stdin", "--stdin gives the value of one config var: name it.", 2),
        ("A --prompt", "The value of A is to be typed.", 1),
        ("-e wrong.env", "wrong.env: Line 2 is no config var: it is not KEY=value.", 2),
        ("-e nowhere.env", "Invalid value for '-e' / '--env-file': File 'nowhere.env' does not", 2),
    ],
)
def test_what_makes_no_sense_is_refused(shop: Shop, words: str, error: str, code: int) -> None:
    (shop.folder / "key.pem").write_text("x")
    (shop.folder / "wrong.env").write_text("A=1\nsecret words\n")
    said = shop.herogate("config:set", *words.split())
    assert (said.out, said.err.splitlines()[0], said.code) == ("", f" ›   Error: {error}", code)
    assert "secret" not in said.err


def test_nothing_to_set_is_refused(shop: Shop) -> None:
    assert shop.herogate("config:set") == Said(
        out="",
        err=" ›   Error: Must specify KEY and VALUE to set.\n"
        " ›\n"
        " ›   Usage: herogate config:set KEY1=VALUE1 [KEY2=VALUE2 ...]\n",
        code=1,
    )
