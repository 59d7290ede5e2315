"""The nouns are found under one name, and made when they are asked for."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from herogate import models

PACKAGE = Path(models.__file__).parent

DECLARED = {
    (node.module, name.name)
    for node in ast.walk(ast.parse((PACKAGE / "__init__.py").read_text()))
    if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("herogate.models.")
    for name in node.names
}
"""What a type checker is told: module, and name."""


def test_what_a_type_checker_is_told_is_what_is_found() -> None:
    found = {(f"herogate.models.{home}", name) for name, home in models._HOME_OF.items()}
    assert found == DECLARED
    for name in models._HOME_OF:
        getattr(models, name)


def test_every_module_of_nouns_is_known() -> None:
    modules = {f"herogate.models.{path.stem}" for path in PACKAGE.glob("[a-z]*.py")}
    assert modules == {module for module, _ in DECLARED}


def test_a_noun_that_there_is_not_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match=r"'herogate\.models' has no attribute 'Dyno'"):
        _ = models.Dyno


def test_asking_for_a_noun_loads_no_other() -> None:
    program = "import sys, herogate.models; herogate.models.Region; print(*sorted(sys.modules))"
    loaded = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout.split()
    ours = [name for name in loaded if name.startswith("herogate.models")]
    assert ours == ["herogate.models", "herogate.models.region"]
