"""The demo, as `make demo` runs it."""

from __future__ import annotations

import os
import subprocess
import sysconfig
from pathlib import Path

import pytest
from local_cloud import LocalCloud

from herogate.local import lifecycle

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.e2e


def demo(
    tmp_path: Path, *first_on_path: Path, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run the demo in an empty home, and see that it cleans up after itself."""
    home, scratch = tmp_path / "home", tmp_path / "scratch"
    home.mkdir()
    scratch.mkdir()
    path = [*map(str, first_on_path), sysconfig.get_path("scripts"), os.environ["PATH"]]
    shown = subprocess.run(
        ["sh", ROOT / "docs/demo.sh"],
        env={
            **os.environ,
            **environment,
            "HOME": str(home),
            "TMPDIR": str(scratch),
            "PATH": os.pathsep.join(path),
        },
        capture_output=True,
        text=True,
    )
    assert list(scratch.iterdir()) == []
    assert list(home.iterdir()) == []
    return shown


def test_the_demo_shows_an_apps_first_day_and_leaves_another_local_cloud_alone(
    tmp_path: Path, cloud: LocalCloud
) -> None:
    before = lifecycle.running(cloud.directory)
    shown = demo(tmp_path, **cloud.environment)
    assert shown.returncode == 0, shown.stderr
    assert "nothing here yet" in shown.stdout
    typed = [line.removeprefix("$ ") for line in shown.stderr.splitlines() if line[:2] == "$ "]
    shop = next(line for line in typed if line.startswith("cd shop-")).removeprefix("cd ")
    assert [line for line in typed if line.startswith(("herogate", "git", "curl"))] == [
        "herogate local start",
        "herogate local env",
        "herogate spaces:create",
        f"git init --quiet {shop}",
        f"herogate create {shop}",
        "herogate open --print",
        *[line for line in typed if line.startswith("curl --silent --show-error --fail http://")],
        "herogate info",
        f"herogate destroy --confirm {shop}",
        *[line for line in typed if line.startswith("curl --silent http://")],
        "herogate local stop",
    ]
    assert lifecycle.running(cloud.directory) == before


def test_the_demo_fails_when_the_page_is_not_there(tmp_path: Path) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()
    curl = programs / "curl"
    curl.write_text("#!/bin/sh\necho another page\n")
    curl.chmod(0o755)
    shown = demo(tmp_path, programs)
    assert shown.returncode == 1
    assert "herogate info" not in shown.stderr
