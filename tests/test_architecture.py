"""The import contracts of pyproject.toml hold, and each of them breaks when it is violated."""

from __future__ import annotations

import shutil
import subprocess
import sysconfig
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
LINT_IMPORTS = Path(sysconfig.get_path("scripts")) / "lint-imports"
PACKAGES = ("herogate", "stacks", "buildspecs")

VIOLATIONS = {
    "layers": [
        ("herogate/errors.py", "import herogate.models"),
        ("herogate/models/app.py", "import herogate.aws"),
        ("herogate/aws/__init__.py", "import stacks"),
        ("herogate/aws/__init__.py", "import herogate.engine"),
        ("stacks/__init__.py", "import buildspecs"),
        ("herogate/engine/__init__.py", "import herogate.cli"),
        ("herogate/gitremote/__init__.py", "import herogate.cli"),
        ("herogate/builder/__init__.py", "import herogate.gitremote"),
    ],
    "stacks-alone": [
        ("stacks/names.py", "import herogate.errors"),
        ("buildspecs/__init__.py", "import herogate"),
    ],
    "local-alone": [
        ("herogate/local/store.py", "import herogate.errors"),
        ("herogate/local/store.py", "from herogate import Platform"),
        ("herogate/local/store.py", "import stacks.names"),
        ("herogate/local/store.py", "import buildspecs"),
    ],
    "local-by-cli": [
        ("herogate/engine/__init__.py", "import herogate.local.store"),
        ("herogate/cli/__init__.py", "import herogate.local"),
    ],
    "terminal": [
        ("herogate/engine/__init__.py", "import click"),
        ("herogate/gitremote/__init__.py", "import tabulate"),
    ],
    "aws-calls": [
        ("herogate/engine/__init__.py", "import boto3"),
        ("herogate/cli/__init__.py", "from botocore.exceptions import ClientError"),
    ],
    "templates": [
        ("herogate/engine/__init__.py", "import troposphere.ecs"),
        ("herogate/local/store.py", "import troposphere"),
    ],
    "emulation": [
        ("herogate/engine/__init__.py", "import cryptography"),
        ("herogate/cli/__init__.py", "import aiohttp"),
    ],
    "git": [
        ("herogate/cli/__init__.py", "import git"),
        ("herogate/aws/__init__.py", "from git import Repo"),
    ],
    "local-moto": [
        ("herogate/engine/__init__.py", "import moto"),
        ("herogate/local/store.py", "from moto.core import DEFAULT_ACCOUNT_ID"),
    ],
    "local-operations": [("herogate/local/operations/iam.py", "from aiohttp import web")],
    "local-handlers": [
        ("herogate/local/resources/sns.py", "import herogate.local.planes.cloudformation"),
    ],
    "local-planes": [("herogate/local/planes/elb/plan.py", "import herogate.local.operations.iam")],
    "local-runtimes": [
        ("herogate/local/runtimes/agent.py", "from herogate.local.planes.ecs import EcsPlane"),
    ],
}


def contracts() -> list[dict[str, Any]]:
    """The contracts as pyproject.toml declares them."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        declared: list[dict[str, Any]] = tomllib.load(file)["tool"]["importlinter"]["contracts"]
    return declared


def lint_imports(tree: Path, *contract: str) -> subprocess.CompletedProcess[str]:
    """What import-linter says of a source tree."""
    chosen = [argument for name in contract for argument in ("--contract", name)]
    return subprocess.run(
        [LINT_IMPORTS, "--no-logo", "--no-cache", *chosen], cwd=tree, capture_output=True, text=True
    )


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sources; who spoils it mends it."""
    copied = tmp_path_factory.mktemp("sources")
    for package in PACKAGES:
        shutil.copytree(
            ROOT / package, copied / package, ignore=shutil.ignore_patterns("__pycache__")
        )
    shutil.copy(ROOT / "pyproject.toml", copied)
    return copied


def test_every_import_contract_holds() -> None:
    verdict = lint_imports(ROOT)
    assert verdict.returncode == 0, verdict.stdout


def test_every_contract_is_violated_here() -> None:
    assert list(VIOLATIONS) == [contract["id"] for contract in contracts()]


@pytest.mark.parametrize(
    ("contract", "path", "violation"),
    [
        pytest.param(contract, path, violation, id=f"{contract}: {path}: {violation}")
        for contract, cases in VIOLATIONS.items()
        for path, violation in cases
    ],
)
def test_a_contract_breaks_when_violated(
    tree: Path, contract: str, path: str, violation: str
) -> None:
    module = tree / path
    whole = module.read_text()
    module.write_text(f"{whole}\n{violation}\n")
    try:
        verdict = lint_imports(tree, contract)
    finally:
        module.write_text(whole)
    assert verdict.returncode == 1, verdict.stdout
    assert "BROKEN" in verdict.stdout
    assert path.removesuffix(".py").removesuffix("/__init__").replace("/", ".") in verdict.stdout


def test_every_package_has_a_place_among_the_layers() -> None:
    layers = next(contract["layers"] for contract in contracts() if contract["id"] == "layers")
    placed = {module.strip() for layer in layers for module in layer.split("|")}
    parts = {
        f"herogate.{path.stem}"
        for path in (ROOT / "herogate").iterdir()
        if (path / "__init__.py").exists() or path.suffix == ".py"
    }
    assert placed | {"herogate.local"} == {
        "stacks",
        "buildspecs",
        *(parts - {"herogate.__init__"}),
    }
