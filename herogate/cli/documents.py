"""Models as the JSON that Heroku's scripts know: its keys where AWS has the like, then our own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from herogate.models import App, Process, Release

Document = Mapping[str, Any]


def app(model: App) -> Document:
    """An app. What Heroku tells of teams, stacks and sizes is not there."""
    return {
        "id": model.name,
        "name": model.name,
        "web_url": model.web_url,
        "git_url": model.git_url,
        "region": {"id": model.region, "name": model.region},
        "space": {"id": model.space, "name": model.space},
        "status": model.status,
        "clone_url": model.clone_url,
        "git_branch": model.git_branch,
        "created_at": model.created_at,
    }


def process(model: Process, *, app: str) -> Document:
    """A process of an app."""
    return {
        "id": model.name,
        "name": model.name,
        "type": model.type,
        "size": model.size,
        "state": model.state,
        "command": model.command,
        "created_at": model.since,
        "updated_at": model.since,
        "release": _numbered(model.release),
        "app": {"id": app, "name": app},
        "attach_url": None,
    }


def release(model: Release, *, current: int | None) -> Document:
    """A release.

    Args:
        current: number of the release in effect.
    """
    return {
        "version": model.number,
        "id": model.version,
        "status": model.status,
        "current": model.number == current,
        "description": model.description,
        "user": {"email": model.user, "id": model.user},
        "created_at": model.created_at,
        "slug": None if model.slug is None else {"id": model.slug.image_digest},
        "eligible_for_rollback": is_eligible(model),
        "addon_plan_names": [],
        "output_stream_url": None,
        "commit": model.commit,
        "config_vars": sorted(model.config),
        "formation": {
            name: {"command": kind.command, "size": kind.size}
            for name, kind in sorted(model.formation.items())
        },
        "base": model.base,
        "reason": model.reason,
        "superseded_by": model.superseded_by,
    }


def is_eligible(model: Release) -> bool:
    """Whether it can be rolled back to, as far as it tells itself: it was live, and ran something."""
    return model.status.is_live and model.slug is not None


def _numbered(number: int | None) -> Document | None:
    return None if number is None else {"id": f"v{number}", "version": number}
