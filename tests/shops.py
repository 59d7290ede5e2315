"""An app that is live, and a checkout of it, for tests of commands that change little."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from command_line import Said, run_herogate, shell
from local_cloud import LocalCloud
from regions import region_with_a_space, signed_in
from released_apps import ReleasedApp, command

REGION = "sa-east-1"
NAME = "shop"


@dataclass(frozen=True, kw_only=True)
class Shop:
    """The app, as its owner works with it."""

    app: ReleasedApp
    folder: Path
    environment: Mapping[str, str]

    def herogate(self, *words: str, **more: str) -> Said:
        """Run a command in the checkout; keywords are environment variables."""
        environment = {**self.environment, **more}
        return run_herogate(*words, folder=self.folder, environment=environment)


@contextmanager
def shop(cloud: LocalCloud, home: Path) -> Iterator[Shop]:
    """The app; afterwards nothing may be left of it."""
    folder = home / "shop"
    environment = shell(cloud, home, REGION)
    with region_with_a_space(cloud, REGION) as platform:
        with signed_in(cloud):
            platform.apps.create(NAME).wait()
            subprocess.run(["git", "init", "--quiet", folder], check=True, env=environment)
            app = ReleasedApp(aws=cloud, platform=platform, name=NAME)
            made = Shop(app=app, folder=folder, environment=environment)
            assert made.herogate("git:remote", "-a", NAME).code == 0
            app.deploy(
                web=command("serve", "hello"), worker=command("work"), release="echo migrated"
            )
        yield made
