"""An app in a region of the tests' own, deployed once, and clones of it to push from."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from command_line import Said
from deployed_apps import Checkout, checkout, plain_app
from local_cloud import LocalCloud
from regions import region_with_a_space, signed_in

from herogate import Platform

REGION = "eu-north-1"


@dataclass(frozen=True, kw_only=True)
class DeployedApp:
    """An app, the push that made it live, and the environment of its developer."""

    name: str
    url: str
    web_url: str
    first_push: Said
    environment: dict[str, str]

    def clone(self, path: Path) -> Checkout:
        """A clone of what is released, through the remote; its own remote is called herogate."""
        made = checkout(path, self.environment)
        made.git("remote", "add", "herogate", self.url)
        made.git("pull", "--quiet", "herogate", "main")
        return made


@pytest.fixture(scope="module")
def region(cloud: LocalCloud) -> Iterator[Platform]:
    """A region of the tests' own."""
    with signed_in(cloud), region_with_a_space(cloud, REGION) as platform:
        yield platform


@pytest.fixture(scope="module")
def app(
    tmp_path_factory: pytest.TempPathFactory, cloud: LocalCloud, region: Platform
) -> DeployedApp:
    """An app that is live."""
    made = region.apps.create("demo").wait()
    environment = {**cloud.environment, "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
    first = checkout(tmp_path_factory.mktemp("first") / "work", environment)
    first.commit(plain_app("v1"))
    first.git("remote", "add", "herogate", made.git_url)
    pushed = first.push()
    assert pushed.code == 0, pushed.err
    return DeployedApp(
        name=made.name,
        url=made.git_url,
        web_url=str(made.web_url),
        first_push=pushed,
        environment=environment,
    )


@pytest.fixture
def work(tmp_path: Path, app: DeployedApp) -> Checkout:
    """A clone of what is released."""
    return app.clone(tmp_path / "work")
