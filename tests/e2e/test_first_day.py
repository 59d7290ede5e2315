"""An app from create to destroy by the built command, on a cloud here, or behind a foreign name."""

from __future__ import annotations

import subprocess
import sysconfig
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from leftovers import leftovers
from local_cloud import LocalCloud, running
from pages import shows
from reverse_proxy import forwarding, preserving, reverse_proxy

from herogate.local import lifecycle
from herogate.local.directory import Directory

pytestmark = pytest.mark.e2e

HEROGATE = Path(sysconfig.get_path("scripts")) / "herogate"
FOREIGN = "127.0.0.2"
"""An address of this machine that the cloud does not know as its own."""


def herogate(environment: Mapping[str, str], checkout: Path, *words: str) -> str:
    """What the built command answers; its failure fails the test with what it said."""
    done = subprocess.run(
        [HEROGATE, *words], env=environment, cwd=checkout, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@contextmanager
def behind_nothing(directory: Directory) -> Iterator[tuple[LocalCloud, str]]:
    cloud = running(directory)
    yield cloud, cloud.endpoint_url


@contextmanager
def behind_a_forwarding_proxy(directory: Directory) -> Iterator[tuple[LocalCloud, str]]:
    cloud = running(directory)
    with reverse_proxy(cloud.endpoint_url, forwarding, address=FOREIGN) as port:
        yield cloud, f"http://{FOREIGN}:{port}"


@contextmanager
def behind_a_preserving_proxy(directory: Directory) -> Iterator[tuple[LocalCloud, str]]:
    lifecycle.start(directory, trusted_hosts=[FOREIGN], runtime="process")
    cloud = running(directory)
    with reverse_proxy(cloud.endpoint_url, preserving, address=FOREIGN) as port:
        yield cloud, f"http://{FOREIGN}:{port}"


@pytest.mark.parametrize(
    "place", [behind_nothing, behind_a_forwarding_proxy, behind_a_preserving_proxy]
)
def test_an_app_is_created_shown_and_destroyed_and_boto3_agrees(
    directory: Directory, tmp_path: Path, place: object
) -> None:
    app = f"shop-{uuid4().hex[:8]}"
    checkout = tmp_path / "checkout"
    subprocess.run(["git", "init", "--quiet", "--initial-branch=main", checkout], check=True)
    with place(directory) as (cloud, endpoint_url):  # type: ignore[operator]
        environment = {**cloud.environment, "AWS_ENDPOINT_URL": endpoint_url}
        herogate(environment, checkout, "spaces:create")
        before = leftovers(cloud, cloud.region)
        web_url, _, git_url = herogate(environment, checkout, "create", app).strip().split()
        assert git_url == f"herogate://herogate-local@us-east-1/{app}"
        assert shows(web_url, app)
        information = herogate(environment, checkout, "info", "--shell")
        assert f"web_url={web_url}" in information
        assert f"git_url={git_url}" in information
        stack = cloud.client("cloudformation").describe_stacks(StackName=f"herogate-app--{app}")
        told = {
            output["OutputKey"]: output["OutputValue"] for output in stack["Stacks"][0]["Outputs"]
        }
        assert (told["WebUrl"], told["GitBranch"]) == (web_url, "main")
        herogate(environment, checkout, "destroy", "--confirm", app)
        assert not shows(web_url, app)
        assert leftovers(cloud, cloud.region) == before
        herogate(environment, checkout, "spaces:destroy", "default", "--confirm", "default")
        assert leftovers(cloud, cloud.region) == []
