"""The demo, as `make demo` runs it."""

from __future__ import annotations

import os
import re
import shutil
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


def test_the_demo_shows_a_working_day_and_leaves_another_local_cloud_alone(
    tmp_path: Path, cloud: LocalCloud
) -> None:
    before = lifecycle.running(cloud.directory)
    shown = demo(tmp_path, **cloud.environment)
    assert shown.returncode == 0, shown.stderr
    bodies = [line for line in shown.stdout.splitlines() if re.fullmatch(r"[\w ]+ from v\d", line)]
    in_javascript = ["Hello from v1"] if shutil.which("node") else []
    assert bodies == [
        "Hello from v1",
        "Hello from v2",
        "Hello from v2",  # a commit that cannot be built
        "Hello from v2",  # one that does not run
        "Hello from v3",
        "Good morning from v3",
        "Hello from v1",  # rolled back, the config too
        *in_javascript,
        # and none once it is destroyed: by then another cloud's app may be what answers at its port
    ]
    rejected = re.findall(r"! \[remote rejected\] main -> main \((.*)\)", shown.stderr)
    assert rejected == ["build failed", "release failed"]
    assert "a one-off says Good morning" in shown.stdout
    assert "Process exited with code 3" in shown.stderr
    assert lifecycle.running(cloud.directory) == before


def test_the_demo_fails_when_the_page_is_not_there(tmp_path: Path) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()
    curl = programs / "curl"
    curl.write_text("#!/bin/sh\necho another page\n")
    curl.chmod(0o755)
    shown = demo(tmp_path, programs)
    assert shown.returncode == 1
    assert "Second version" not in shown.stderr
