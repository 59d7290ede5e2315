"""Pushes of an app with a Dockerfile on a local cloud in docker, by the command line alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from deployed_apps import Checkout, checkout, page
from docker_engines import busybox_layer, docker, need_engine, push_busybox
from local_cloud import running
from registries import unique

from herogate.local import lifecycle
from herogate.local.directory import Directory
from herogate.local.runtimes.choice import RuntimeName

pytestmark = [pytest.mark.docker, pytest.mark.e2e]

SERVING = "httpd -f -p 8000 -h /www"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Checkout, str]]:
    """A checkout with an app of its own, and an image to build on."""
    need_engine()
    directory = Directory(tmp_path_factory.mktemp("docker") / "local")
    cloud = running(directory, RuntimeName.DOCKER)
    made = checkout(tmp_path_factory.mktemp("work") / "shop", cloud.environment)
    made.herogate("spaces:create")
    made.herogate("create", "shop")
    yield made, push_busybox(cloud, repository="herogate/shop")
    lifecycle.stop(directory)


def dockerfile(base: str, end: str = "") -> str:
    """A Dockerfile of an app that shows a page."""
    told = ["/bin/sh", "-c", SERVING]
    lines = (
        f"FROM {base}",
        "COPY page /www/index.html",
        "EXPOSE 8000",
        f"CMD {json.dumps(told)}",
        end,
    )
    return "\n".join(lines)


def told(lines: str) -> list[str]:
    """What a push said, without what git puts before it."""
    return [line.removeprefix("remote: ").rstrip() for line in lines.splitlines()]


def test_a_push_that_changes_nothing_builds_and_releases_nothing_unless_it_is_forced(
    place: tuple[Checkout, str],
) -> None:
    app, base = place
    app.commit({"Dockerfile": dockerfile(base), "page": "first"})
    first = app.push()
    assert first.code == 0, first.err
    assert "       No Procfile: the image's own command is web" in told(first.err)
    url = app.herogate("open", "--print").strip()
    assert page(url) == "first"

    app.commit({})
    again = app.push()
    assert again.code == 0, again.err
    assert "-----> Nothing has changed: v1 is this very image" in told(again.err)
    assert any(line.endswith(" 1 of 1 steps cached") for line in told(again.err))
    assert app.push().err.strip() == "Everything up-to-date"

    app.commit({})
    forced = app.push("--force", "herogate", "main")
    assert forced.code == 0, forced.err
    assert "       Released v2" in told(forced.err)


def test_a_push_whose_dockerfile_fails_says_why_and_what_was_live_goes_on(
    place: tuple[Checkout, str],
) -> None:
    app, base = place
    app.commit({"Dockerfile": dockerfile(base, "RUN exit 7\n"), "page": "second"})
    failed = app.push()
    assert failed.code == 1
    assert " !     Step 3 of 3 ended with 7: RUN exit 7" in told(failed.err)
    assert " ! [remote rejected] main -> main (build failed)" in failed.err.splitlines()
    app.git("checkout", "--quiet", "HEAD~1", "--", ".")


def test_an_image_built_elsewhere_is_released_by_its_digest(
    place: tuple[Checkout, str], tmp_path: Path
) -> None:
    app, _ = place
    archive = tmp_path / "image.tar.gz"
    archive.write_bytes(busybox_layer({"www/index.html": "elsewhere"}))
    image = unique("herogate-test")
    said = json.dumps(["/bin/sh", "-c", SERVING])
    docker("import", "--change", f"CMD {said}", "--change", "EXPOSE 8000", str(archive), image)
    digest = app.herogate("container:push", "--image", image).strip()
    docker("rmi", image)
    app.herogate("container:release", "web")
    assert page(app.herogate("open", "--print").strip()) == "elsewhere"
    assert f"Deployed web ({digest[7:19]})" in app.herogate("releases:info")


def test_a_directory_is_built_here_as_its_manifest_says_and_docker_keeps_one_image_of_it(
    place: tuple[Checkout, str], tmp_path: Path
) -> None:
    app, base = place
    repository = base.partition("@")[0]
    (tmp_path / "api").mkdir()
    (tmp_path / "api" / "busybox.tar.gz").write_bytes(busybox_layer())
    (tmp_path / "api" / "Dockerfile").write_text(
        "FROM scratch AS one\nADD busybox.tar.gz /\nARG LEVEL\nEXPOSE 8000\n"
        "RUN mkdir /www && echo -n $LEVEL >/www/index.html\nFROM one\nRUN false\n"
    )
    told = {"directory": "api", "target": "one", "health_check_path": "/index.html"}
    (tmp_path / "app.json").write_text(json.dumps({"herogate": told}))
    (tmp_path / "Procfile").write_text(f"web: {SERVING}\nworker: sleep 600\n")
    where = ("--context-path", str(tmp_path))
    digest = app.herogate("container:push", *where, "--arg", "LEVEL=high").strip()
    tags = {*docker("images", "--format", "{{.Tag}}", repository).split()}
    assert tags - {"<none>"} == {"latest"}
    docker("rmi", f"{repository}:latest")
    app.herogate("container:release")
    assert page(app.herogate("open", "--print").strip()) == "high"
    assert app.herogate("scale").strip() == "web=1:Standard-1X worker=0:Standard-1X"
    assert f"Deployed web ({digest[7:19]})" in app.herogate("releases:info")

    (tmp_path / "api" / "Dockerfile").unlink()
    refused = app.run("herogate", "container:push", *where)
    assert (refused.code, "There is no Dockerfile in" in refused.err) == (1, True)
