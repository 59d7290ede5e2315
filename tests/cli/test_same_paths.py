"""Every command is run by the tests of its module, which are at the same path.

`ps:scale` is `herogate/cli/ps_scale.py`, and is run in `tests/cli/test_ps_scale.py`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest

from herogate.cli import registry

HERE = Path(__file__).parent


def path_of(command: str) -> Path:
    """Where the tests of a command are."""
    loaded = registry.load(command)
    assert loaded is not None
    return HERE / f"test_{loaded.callback.__module__.rpartition('.')[2]}.py"


@cache
def typed(path: Path) -> frozenset[str]:
    """What these tests may type at a shell: the words that strings, and arguments, begin with."""
    nodes = [*ast.walk(ast.parse(path.read_text()))]
    calls = [list(_texts(node.args)) for node in nodes if isinstance(node, ast.Call)]
    lines = [" ".join(words) for words in (*calls, *([text] for text in _texts(nodes)))]
    words = [line.split()[:2] for line in lines if line.strip()]
    return frozenset(name for pair in words for name in (pair[0], ":".join(pair)))


def _texts(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


@pytest.mark.parametrize("command", registry.names())
def test_a_command_is_run_by_the_tests_at_its_path(command: str) -> None:
    path = path_of(command)
    assert path.exists()
    assert typed(path) & {command, *registry.aliases(command)}
