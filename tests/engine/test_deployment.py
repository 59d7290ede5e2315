"""What a release project says, line by line."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest
from git_work import signing
from local_cloud import LocalCloud
from released_apps import ReleasedApp, command
from releases_cases import release

from herogate import Platform
from herogate.engine import build_artifact, deployment
from herogate.errors import BuildFailed, ReleaseFailed
from herogate.models import ReleaseStatus


@pytest.fixture(scope="module")
def app(region: Platform, aws: LocalCloud) -> ReleasedApp:
    region.apps.create("my-shop").wait()
    return ReleasedApp(aws=aws, platform=region, name="my-shop")


@pytest.fixture
def commit(app: ReleasedApp, tmp_path: Path) -> str:
    """A commit of Ada's, pushed where it deploys nothing."""
    work = signing(tmp_path / "work", app.aws)
    pushed = work.commit("file", str(tmp_path))
    url = str(app.platform.apps.info(app.name).clone_url)
    said = work.git(
        "push", "--force", url, "master:refs/heads/aside", AWS_DEFAULT_REGION=app.platform.region
    )
    assert said.code == 0, said.err
    return pushed


def artifact(app: ReleasedApp, **process_types: str) -> bytes:
    """What a build hands over."""
    slug = app.slug(**process_types)
    document = {
        "version": 1,
        "image_digest": slug.image_digest,
        "architecture": str(slug.architecture),
        "port": None,
        "shell": True,
        "process_types": process_types,
        "builder": "host-base",
        "seconds": {},
        "cached_steps": 0,
        "total_steps": 1,
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("build.json", json.dumps(document))
    return packed.getvalue()


def test_a_deploy_is_told_in_herokus_lines_and_is_its_authors(
    app: ReleasedApp, commit: str
) -> None:
    lines: list[str] = []
    handed_over = artifact(app, web=command("serve", "v1"))
    released = deployment.release(app.platform, app.name, commit, handed_over, lines.append)
    assert released is not None
    assert lines == [
        "-----> Launching...",
        f"       Released {released.version}",
        f"       {app.platform.apps.info(app.name).web_url} deployed to Herogate",
    ]
    assert (released.user, released.description, released.commit) == (
        "ada@example.com",
        f"Deploy {commit[:8]}",
        commit,
    )
    assert app.platform.releases.released_commit(app.name) == commit


def test_a_deploy_that_fails_ends_with_the_cause(app: ReleasedApp, commit: str) -> None:
    app.deploy(web=command("serve", "v1"))
    lines: list[str] = []
    handed_over = artifact(app, web=command("crash", "3"))
    with pytest.raises(ReleaseFailed):
        deployment.release(app.platform, app.name, commit, handed_over, lines.append)
    newest, live, *_ = app.platform.releases.all(app.name)
    assert lines[:3] == [
        "-----> Launching...",
        f" !     Release {newest.version} failed.",
        f" !     {live.version} is still live.",
    ]
    assert lines[3].startswith(" !     web.")
    assert lines[3:] == [f" !     {line}" for line in str(newest.reason).split("\n")]


def test_a_step_taken_again_goes_on_with_the_release_that_is_declared(
    app: ReleasedApp, commit: str
) -> None:
    handed_over = artifact(app, web=command("serve", "v1"))
    declared = app.platform.rollouts.deploy(app.name, build_artifact.read(handed_over), commit)
    again = deployment.release(app.platform, app.name, commit, handed_over, print)
    assert again is not None
    assert (again.number, again.status) == (declared.number, ReleaseStatus.SUCCEEDED)


def test_a_push_that_changes_nothing_is_live_with_what_is_and_makes_no_release(
    app: ReleasedApp, commit: str
) -> None:
    handed_over = artifact(app, web=command("serve", "same"))
    live = deployment.release(app.platform, app.name, commit, handed_over, print)
    assert live is not None
    before = app.platform.releases.all(app.name)
    lines: list[str] = []
    again = deployment.release(app.platform, app.name, commit, handed_over, lines.append)
    assert again == live
    assert lines == [
        f"-----> Nothing has changed: {live.version} is this very image",
        "       It is not released again; after `git push --force` it is",
    ]
    assert app.platform.releases.all(app.name) == before
    assert app.platform.releases.released_commit(app.name) == commit


def test_whoever_insists_has_it_released_again_and_only_once(app: ReleasedApp, commit: str) -> None:
    handed_over = artifact(app, web=command("serve", "same"))
    app.platform.rollouts.force(app.name, commit)
    forced = deployment.release(app.platform, app.name, commit, handed_over, print)
    again = deployment.release(app.platform, app.name, commit, handed_over, print)
    assert forced is not None
    assert app.platform.releases.all(app.name, limit=1) == [forced]
    assert again == forced


def test_an_artifact_that_is_none_declares_nothing(app: ReleasedApp) -> None:
    before = app.platform.releases.all(app.name)
    with pytest.raises(BuildFailed):
        deployment.release(app.platform, app.name, "a" * 40, b"nothing", print)
    assert app.platform.releases.all(app.name) == before


def test_settling_says_what_is_live_where_nobody_else_has(app: ReleasedApp) -> None:
    app.deploy(web=command("serve", "v1"))
    pending = app.declare(web=command("serve", "v2"), release=command("say", "hello"))
    lines: list[str] = []
    deployment.settle(app.platform, app.name, lines.append)
    assert lines == [
        "       Running release command...",
        "       say hello",
        f"       {pending.version} is live",
    ]
    lines.clear()
    deployment.settle(app.platform, app.name, lines.append)
    assert lines == []


def test_a_superseded_deploy_says_by_what() -> None:
    older = release(4, status=ReleaseStatus.SUPERSEDED, superseded_by=5)
    assert list(deployment.outcome(older, None)) == ["       v4 was superseded by v5"]


def test_a_first_release_that_fails_says_that_nothing_is_live() -> None:
    failed = release(
        1, status=ReleaseStatus.FAILED, reason="web.3f9a1c2e exited with code 1\n\nlast"
    )
    assert list(deployment.complaint(failed, None)) == [
        " !     Release v1 failed.",
        " !     Nothing is live yet.",
        " !     web.3f9a1c2e exited with code 1",
        " !",
        " !     last",
    ]
