"""Whatever may be chosen of a space or an app has a flag; whatever changes a stack can be looked at."""

from __future__ import annotations

from dataclasses import fields

import pytest

from herogate.cli import registry
from stacks.app_options import Options
from stacks.space import Spec

OF_SPACES = {field.name for field in fields(Spec)} - {"space", "version"}
FOR_EVER = {"cidr", "private"}
OF_APPS = {field.name for field in fields(Options)}
CHANGE_STACKS = {
    "apps:create",
    "apps:destroy",
    "apps:update",
    "container:release",
    "releases:retry",
    "releases:rollback",
    "spaces:create",
    "spaces:destroy",
    "spaces:update",
}


def flags(command: str) -> set[str]:
    """The engine's names of what a command can be told."""
    loaded = registry.load(command)
    assert loaded is not None
    return {str(parameter.name) for parameter in loaded.params}


@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("spaces:create", OF_SPACES),
        ("spaces:update", OF_SPACES - FOR_EVER),
        ("apps:create", OF_APPS),
        ("apps:update", OF_APPS | {"git_branch"}),
    ],
)
def test_every_option_has_a_flag(command: str, options: set[str]) -> None:
    assert options - flags(command) == set()


def test_every_command_that_changes_a_stack_can_show_that_first() -> None:
    assert {name for name in registry.names() if "dry_run" in flags(name)} == CHANGE_STACKS
