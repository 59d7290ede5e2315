"""An app with a Dockerfile, pushed and run in containers."""

# ruff: noqa: RUF001 - the bar of Heroku's errors

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from deployed_apps import Checkout, checkout, page, wait_until
from docker_engines import containers_of, need_engine, push_busybox
from local_cloud import LocalCloud, running

from herogate.local import lifecycle
from herogate.local.directory import Directory
from herogate.local.runtimes.choice import RuntimeName

pytestmark = [pytest.mark.e2e, pytest.mark.docker]

DOCKERFILE = """\
FROM {base}
RUN mkdir /page && echo -n {version} >/page/index.html
USER ann
EXPOSE {port}
{further}
"""


@dataclass(frozen=True, kw_only=True)
class App:
    """An app that is live, on a cloud of its own in docker."""

    cloud: LocalCloud
    work: Checkout
    base: str
    url: str

    def deploy(self, version: str, port: int, further: str = "") -> str:
        """Push a version that EXPOSEs a port; what is said of it."""
        text = DOCKERFILE.format(base=self.base, version=version, port=port, further=further)
        self.work.commit({"Dockerfile": text, "Procfile": "web: httpd -f -p $PORT -h /page\n"})
        said = self.work.push()
        assert said.code == 0, said.err
        return said.err

    @contextmanager
    def asked(self) -> Iterator[list[str | None]]:
        """Request after request, until the end; the pages, None for each that was none."""
        seen: list[str | None] = []
        enough = threading.Event()

        def ask() -> None:
            while not enough.is_set():
                seen.append(page(self.url))

        asking = threading.Thread(target=ask)
        asking.start()
        try:
            yield seen
        finally:
            enough.set()
            asking.join()


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    need_engine()
    directory = Directory(tmp_path_factory.mktemp("docker") / "local")
    cloud = running(directory, RuntimeName.DOCKER)
    try:
        environment = {**cloud.environment, "PATH": os.environ["PATH"], "HEROGATE_APP": "boxed"}
        work = checkout(tmp_path_factory.mktemp("work") / "app", environment)
        work.herogate("spaces:create")
        work.herogate("create", "boxed")
        base = push_busybox(cloud, repository="herogate/boxed")
        url = work.herogate("open", "--print").strip()
        made = App(cloud=cloud, work=work, base=base, url=url)
        made.deploy("v1", 8000)
        yield made
    finally:
        lifecycle.stop(directory)
    assert containers_of(directory.path) == []


def test_no_request_fails_when_another_release_listens_on_another_port(app: App) -> None:
    assert page(app.url) == "v1"
    with app.asked() as seen:
        assert "EXPOSEs port 3000" in app.deploy("v2", 3000)
        wait_until(lambda: page(app.url) == "v2")
        assert "EXPOSEs port 8000" in app.deploy("v3", 8000)
        wait_until(lambda: page(app.url) == "v3")
        app.work.herogate("rollback", "v2")
        wait_until(lambda: page(app.url) == "v2")
    assert set(seen) == {"v1", "v2", "v3"}


def test_a_one_off_is_a_container_of_what_is_live_whose_entry_point_swallows_nothing(
    app: App,
) -> None:
    app.work.herogate("config:set", "GREETING=hello there")
    app.work.herogate("ps:wait")
    told = app.work.run("herogate", "run", "--", "sh", "-c", "id -un; echo $GREETING; exit 7")
    assert (told.out.splitlines(), told.code) == (["ann", "hello there"], 7)

    hungry = app.work.run("herogate", "run", "--", "tail", "/dev/zero")
    assert (hungry.code, hungry.err.splitlines()[1:]) == (
        137,
        [
            " ›   Error: Process exited with code 137: OutOfMemoryError: Container killed",
            " ›   due to memory usage",
            " ›",
            " ›   Give it more: `herogate run --size performance-m …`",
        ],
    )

    app.deploy("v4", 8000, 'ENTRYPOINT ["/bin/echo", "swallowed:"]')
    wait_until(lambda: page(app.url) == "v4")
    told = app.work.run("herogate", "run", "--", "printf", "%s-", "a b", "c")
    assert (told.out, told.code) == ("a b-c-\n", 0)
