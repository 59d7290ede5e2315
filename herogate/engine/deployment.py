"""The steps of a release project: what a build handed over goes live, told in Heroku's lines.

Each step may be taken again: it finds what an earlier one has declared and done, and goes on from there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from herogate.engine import build_artifact, work
from herogate.engine.platform import Platform
from herogate.errors import ReleaseFailed
from herogate.models import Release

Out = Callable[[str], None]

_INDENT = " " * 7
_COMPLAINT = " !     "


def release(platform: Platform, app: str, commit: str, artifact: bytes, out: Out) -> Release | None:
    """Release what a build of a commit has handed over, and follow it to its end.

    Args:
        artifact: the build's, not to be trusted.
        out: takes each line that is to be told.

    Returns:
        the release, which is the one that is live if nothing has changed; None where a newer push,
        whose deploy is under way, makes one needless. One that a newer commit's superseded is no
        failure either.

    Raises:
        BuildFailed: the artifact is none.
        ReleaseFailed: it could not go live; `out` has been told why.
    """
    slug = build_artifact.read(artifact)
    if newer := platform.deploys.overtaken_by(app, commit):
        out(f"-----> Not launched: superseded by {newer[:8]}, which was pushed after it")
        return None
    if live := platform.rollouts.unchanged(app, slug, commit):
        out(f"-----> Nothing has changed: {live.version} is this very image")
        out(f"{_INDENT}It is not released again; after `git push --force` it is")
        return live
    out("-----> Launching...")
    declared = platform.rollouts.deploy(app, slug, commit)
    ended = work.outcome(
        platform.rollouts.follow(app, declared.number), lambda line: out(f"{_INDENT}{line}")
    )
    if ended.status.has_failed:
        for line in complaint(ended, platform.releases.current(app)):
            out(line)
        raise ReleaseFailed(f"{ended.version} of {app} could not go live.")
    for line in outcome(ended, platform.apps.info(app).web_url):
        out(line)
    return ended


def settle(platform: Platform, app: str, out: Out) -> None:
    """Bring whatever was declared of an app to its end; where somebody has, there is nothing to tell."""
    waits = any(not release.status.is_settled for release in platform.releases.all(app, limit=1))
    for line in platform.rollouts.settle(app):
        out(f"{_INDENT}{line}")
    if waits:
        current = platform.releases.current(app)
        out(f"{_INDENT}{current.version} is live" if current else f"{_INDENT}Nothing is live")


def outcome(release: Release, web_url: str | None) -> Iterator[str]:
    """What is said of a release that did not fail."""
    if not release.status.is_live:
        yield f"{_INDENT}{release.version} was superseded by v{release.superseded_by}"
        return
    yield f"{_INDENT}Released {release.version}"
    yield f"{_INDENT}{web_url} deployed to Herogate"


def complaint(release: Release, live: Release | None) -> Iterator[str]:
    """What is said of a release that failed: that it did, what is live, and last of all why."""
    yield f"{_COMPLAINT}Release {release.version} failed."
    yield (
        f"{_COMPLAINT}{live.version} is still live."
        if live
        else f"{_COMPLAINT}Nothing is live yet."
    )
    for line in (release.reason or "").splitlines():
        yield f"{_COMPLAINT}{line}".rstrip()
