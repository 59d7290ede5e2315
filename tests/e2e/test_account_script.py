"""`make test-aws` on the local cloud: what it would do in an account, without the account."""

from __future__ import annotations

import os
import subprocess
import sysconfig
from pathlib import Path

import pytest
from leftovers import leftovers
from local_cloud import LocalCloud

ROOT = Path(__file__).parents[2]
REGION = "ap-southeast-2"

pytestmark = pytest.mark.e2e


def account_script(
    cloud: LocalCloud, answer: str, tmp_path: Path, **environment: str
) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([sysconfig.get_path("scripts"), os.environ["PATH"]])
    kept = {name: value for name, value in cloud.environment.items() if name != "CI"}
    return subprocess.run(
        ["sh", ROOT / "tests/account.sh", ROOT / "docs/samples/python"],
        input=answer,
        env={
            **kept,
            "AWS_REGION": REGION,
            "HOME": str(tmp_path),
            "TMPDIR": str(tmp_path),
            "PATH": path,
            **environment,
        },
        capture_output=True,
        text=True,
        timeout=300,
    )


def test_it_shows_the_first_day_and_leaves_nothing(cloud: LocalCloud, tmp_path: Path) -> None:
    said = account_script(cloud, "yes, spend it\n", tmp_path)
    assert said.returncode == 0, said.stderr
    assert "Rolling back" in said.stderr
    assert leftovers(cloud, REGION) == []


@pytest.mark.parametrize(
    ("answer", "environment", "code", "word"),
    [
        ("no\n", {}, 1, "Nothing was made."),
        ("yes, spend it\n", {"CI": "true"}, 2, "Not in CI"),
    ],
)
def test_nothing_is_made_unless_somebody_agrees_and_never_in_ci(
    cloud: LocalCloud,
    tmp_path: Path,
    answer: str,
    environment: dict[str, str],
    code: int,
    word: str,
) -> None:
    said = account_script(cloud, answer, tmp_path, **environment)
    assert (said.returncode, word in said.stderr, leftovers(cloud, REGION)) == (code, True, [])
