"""`config:edit`: an editor, a difference, a question, and no overwriting of what others did."""

# ruff: noqa: RUF001 - the bar of Heroku's errors

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from command_line import SCRIPTS
from shops import NAME, Shop

from herogate.cli.config_edit import changed, difference

pytestmark = pytest.mark.e2e


def test_what_is_to_be_set_and_unset_is_found_and_shown() -> None:
    before, after = {"A": "1", "B": "2", "C": "3"}, {"A": "1", "B": "two words", "D": ""}
    assert changed(before, after) == {"C": None, "B": "two words", "D": ""}
    assert list(difference(before, after)) == ["- B=2", "- C=3", "+ B='two words'", "+ D="]


@pytest.fixture(scope="module")
def with_config(shop: Shop) -> Iterator[Shop]:
    """The app; it has no config var afterwards."""
    yield shop
    assert shop.herogate("config:unset", *config(shop)).code == 0


@pytest.fixture
def edited(with_config: Shop) -> Shop:
    """The app with two config vars; set anew only where a test has left others: each is a release."""
    wanted, found = {"A": "1", "B": "2"}, config(with_config)
    if found != wanted:
        others = [key for key in found if key not in wanted]
        assert not others or with_config.herogate("config:unset", *others).code == 0
        assert with_config.herogate("config:set", "A=1", "B=2").code == 0
    return with_config


def editor(folder: Path, script: str) -> str:
    """An editor that changes its file by a shell script, in which `$1` is the file."""
    file = folder / "editor"
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o700)
    return str(file)


def config(shop: Shop) -> dict[str, str]:
    return dict(json.loads(shop.herogate("config", "--json").out))


def test_what_the_editor_has_changed_is_set(edited: Shop, tmp_path: Path) -> None:
    said = edited.herogate(
        "config:edit", "--yes", EDITOR=editor(tmp_path, "printf 'B=3\\nC=4\\n' > $1")
    )
    assert (said.out, said.code) == ("", 0)
    assert said.err.startswith(f"- A=1\n- B=2\n+ B=3\n+ C=4\nUpdating config on {NAME}... done, v")
    assert config(edited) == {"B": "3", "C": "4"}


def test_one_value_can_be_edited_alone(edited: Shop, tmp_path: Path) -> None:
    said = edited.herogate(
        "config:edit", "A", "--yes", EDITOR=editor(tmp_path, "grep -qx 1 $1 && echo one > $1")
    )
    assert said.code == 0
    assert config(edited) == {"A": "one", "B": "2"}


def test_without_a_terminal_no_editor_is_started_that_nobody_has_chosen(edited: Shop) -> None:
    said = edited.herogate("config:edit", VISUAL="", EDITOR="")
    assert (said.out, said.err.splitlines()[0], said.code) == (
        "",
        " ›   Error: There is no terminal to edit at.",
        1,
    )


def test_without_a_change_nothing_is_released(edited: Shop) -> None:
    said = edited.herogate("config:edit", EDITOR="true")
    assert (said.err, said.code) == (" ›   Warning: no changes to config\n", 0)


def test_what_somebody_else_has_changed_meanwhile_is_not_overwritten(
    edited: Shop, tmp_path: Path
) -> None:
    other = f"{SCRIPTS / 'herogate'} config:set A=theirs >/dev/null 2>&1; echo A=ours > $1"
    said = edited.herogate("config:edit", "--yes", EDITOR=editor(tmp_path, other))
    assert said.code == 1
    assert " ›   Error: Config changed on server. Refusing to update." in said.err.splitlines()
    assert config(edited) == {"A": "theirs", "B": "2"}


@pytest.mark.parametrize(
    ("command", "error"),
    [
        ("false", "false exited with code 1; nothing was changed."),
        ("/nowhere/editor", "The editor /nowhere/editor cannot be started"),
        ("rm", "What rm has left cannot be read: No such file or directory."),
        ("cp /bin/sh", "What cp /bin/sh has left cannot be read: it is not UTF-8."),
    ],
)
def test_an_editor_that_fails_changes_nothing(edited: Shop, command: str, error: str) -> None:
    said = edited.herogate("config:edit", EDITOR=command)
    assert (said.out, said.code) == ("", 1)
    assert said.err.startswith(f" ›   Error: {error}")


def test_where_nobody_can_be_asked_nothing_is_changed(edited: Shop, tmp_path: Path) -> None:
    said = edited.herogate("config:edit", EDITOR=editor(tmp_path, "echo A=2 > $1"))
    assert (said.out, said.code) == ("", 1)
    assert config(edited) == {"A": "1", "B": "2"}
