"""An app with a Dockerfile on a local cloud in docker, by the command line alone."""

# ruff: noqa: RUF001 - the bar of Heroku's errors

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from command_line import Said
from deployed_apps import Checkout, checkout, page
from docker_engines import busybox_layer, docker, push_busybox
from local_cloud import LocalCloud
from registries import unique
from waiting import wait_until

pytestmark = [pytest.mark.docker, pytest.mark.e2e]

DOCKERFILE = """\
FROM {base}
COPY page /page/index.html
EXPOSE {port}
{end}
USER ann
"""
SERVING = "httpd -f -p 8000 -h /page"
SERVED = f"CMD {json.dumps(['/bin/sh', '-c', SERVING])}"


@dataclass(frozen=True, kw_only=True)
class App:
    """An app that is live. What it shows is what was deployed last."""

    work: Checkout
    base: str
    url: str

    def push(self, text: str, *, port: int = 8000, end: str = "", **further: str) -> Said:
        """Push a version that shows this text and EXPOSEs a port; however it ends."""
        written = DOCKERFILE.format(base=self.base, port=port, end=end)
        self.work.commit({"Dockerfile": written, "page": text, **further})
        return self.work.push()

    def deploy(
        self, text: str, *, port: int = 8000, end: str = "", health_check_path: str | None = None
    ) -> str:
        """Have a version live whose command is the Procfile's; what is said of it."""
        files = {
            "Procfile": "web: httpd -f -p $PORT -h /page\n",
            "app.json": json.dumps({"herogate": {"health_check_path": health_check_path}}),
        }
        said = self.push(text, port=port, end=end, **files)
        assert said.code == 0, said.err
        wait_until(lambda: page(self.url) == text)
        return said.err

    def release(self, text: str) -> int:
        """The number of the release that shows this text; if none that is live does, of a new one."""
        if page(self.url) != text:
            self.deploy(text)
        newest = self.work.herogate("releases", "--json", "-n", "1")
        return int(json.loads(newest)[0]["version"])

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
def app(docker_cloud: LocalCloud, tmp_path_factory: pytest.TempPathFactory) -> App:
    """An app that was pushed once, without a Procfile."""
    environment = {**docker_cloud.environment, "HEROGATE_APP": "boxed"}
    work = checkout(tmp_path_factory.mktemp("work") / "app", environment)
    work.herogate("spaces:create")
    work.herogate("create", "boxed")
    base = push_busybox(docker_cloud, repository="herogate/boxed")
    made = App(work=work, base=base, url=work.herogate("open", "--print").strip())
    first = made.push("first", end=SERVED)
    assert first.code == 0, first.err
    assert "       No Procfile: the image's own command is web" in told(first.err)
    assert page(made.url) == "first"
    return made


def told(lines: str) -> list[str]:
    """What a push said, without what git puts before it."""
    return [line.removeprefix("remote: ").rstrip() for line in lines.splitlines()]


def test_a_push_that_changes_nothing_builds_and_releases_nothing_unless_it_is_forced(
    app: App,
) -> None:
    live = app.release("first")
    app.work.commit({})
    again = app.work.push()
    assert again.code == 0, again.err
    assert f"-----> Nothing has changed: v{live} is this very image" in told(again.err)
    assert any(line.endswith(" 1 of 1 steps cached") for line in told(again.err))
    assert app.work.push().err.strip() == "Everything up-to-date"

    app.work.commit({})
    forced = app.work.push("--force", "herogate", "main")
    assert forced.code == 0, forced.err
    assert f"       Released v{live + 1}" in told(forced.err)


def test_a_push_whose_dockerfile_fails_says_why_and_what_was_live_goes_on(app: App) -> None:
    live = page(app.url)
    failed = app.push("never", end="RUN exit 7")
    assert failed.code == 1
    assert " !     Step 3 of 3 ended with 7: RUN exit 7" in told(failed.err)
    assert " ! [remote rejected] main -> main (build failed)" in failed.err.splitlines()
    assert page(app.url) == live
    app.work.git("checkout", "--quiet", "HEAD~1", "--", ".")


def test_no_request_fails_when_another_release_listens_on_another_port_and_is_asked_otherwise(
    app: App, docker_cloud: LocalCloud
) -> None:
    def asked_for() -> str:
        found = docker_cloud.client("elbv2").describe_target_groups(Names=["hg-boxed"])
        return str(found["TargetGroups"][0]["HealthCheckPath"])

    live = page(app.url)
    with app.asked() as seen:
        said = told(app.deploy("one", port=3000, health_check_path="/index.html"))
        paths = [asked_for()]
        assert said[said.index("       EXPOSEs port 3000") + 1] == (
            "       web is asked for /index.html to see whether it lives"
        )
        assert "EXPOSEs port 8000" in app.deploy("other")
        paths.append(asked_for())
        app.work.herogate("rollback")
        wait_until(lambda: page(app.url) == "one")
        paths.append(asked_for())
    assert set(seen) == {live, "one", "other"}
    assert paths == ["/index.html", "/", "/index.html"]


def test_a_one_off_is_a_container_of_what_is_live_whose_entry_point_swallows_nothing(
    app: App,
) -> None:
    app.deploy("hungry", end='ENTRYPOINT ["/bin/echo", "swallowed:"]')
    app.work.herogate("config:set", "GREETING=hello there")
    app.work.herogate("ps:wait")
    ran = app.work.run("herogate", "run", "--", "sh", "-c", "id -un; echo $GREETING; exit 7")
    assert (ran.out.splitlines(), ran.code) == (["ann", "hello there"], 7)
    ran = app.work.run("herogate", "run", "--", "printf", "%s-", "a b", "c")
    assert (ran.out, ran.code) == ("a b-c-\n", 0)

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


def test_an_image_built_elsewhere_is_released_by_its_digest(app: App, tmp_path: Path) -> None:
    archive = tmp_path / "image.tar.gz"
    archive.write_bytes(busybox_layer({"page/index.html": "elsewhere"}))
    image = unique("herogate-test")
    docker("import", "--change", SERVED, "--change", "EXPOSE 8000", str(archive), image)
    digest = app.work.herogate("container:push", "--image", image).strip()
    docker("rmi", image)
    app.work.herogate("container:release", "web")
    assert page(app.url) == "elsewhere"
    assert f"Deployed web ({digest[7:19]})" in app.work.herogate("releases:info")


def test_a_directory_is_built_here_as_its_manifest_says_and_docker_keeps_one_image_of_it(
    app: App, tmp_path: Path
) -> None:
    repository = app.base.partition("@")[0]
    (tmp_path / "api").mkdir()
    (tmp_path / "api" / "busybox.tar.gz").write_bytes(busybox_layer())
    (tmp_path / "api" / "Dockerfile").write_text(
        "FROM scratch AS one\nADD busybox.tar.gz /\nARG LEVEL\nEXPOSE 8000\n"
        "RUN mkdir /page && echo -n $LEVEL >/page/index.html\nFROM one\nRUN false\n"
    )
    manifest = {"directory": "api", "target": "one", "health_check_path": "/index.html"}
    (tmp_path / "app.json").write_text(json.dumps({"herogate": manifest}))
    (tmp_path / "Procfile").write_text(f"web: {SERVING}\nworker: sleep 600\n")
    where = ("--context-path", str(tmp_path))
    digest = app.work.herogate("container:push", *where, "--arg", "LEVEL=high").strip()
    tags = {*docker("images", "--format", "{{.Tag}}", repository).split()}
    assert tags - {"<none>"} == {"latest"}
    docker("rmi", f"{repository}:latest")
    app.work.herogate("container:release")
    assert page(app.url) == "high"
    assert app.work.herogate("scale").strip() == "web=1:Standard-1X worker=0:Standard-1X"
    assert f"Deployed web ({digest[7:19]})" in app.work.herogate("releases:info")

    (tmp_path / "api" / "Dockerfile").unlink()
    refused = app.work.run("herogate", "container:push", *where)
    assert (refused.code, "There is no Dockerfile in" in refused.err) == (1, True)
