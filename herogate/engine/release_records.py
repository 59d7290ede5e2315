"""How releases lie in the ledger: each one item, with how far its application has come, and back again.

What a release *is* never changes once written; what became of it and how far it has come does, until
it is settled. No item holds a config var's value, only the name of the parameter that does.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from herogate.errors import InvalidRequest
from herogate.models import (
    Architecture,
    ProcessType,
    Release,
    ReleaseStatus,
    Size,
    Slug,
)

_ITEM_BYTES = (
    300_000  # DynamoDB's limit is 400 KB, counted otherwise; what is written later needs room
)


@dataclass(frozen=True, kw_only=True)
class Begun:
    """The rollout of one process type, since AWS was asked for it.

    Attributes:
        rollout: its id.
    """

    rollout: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far the application of a release has come.

    Attributes:
        definitions: process type (``run`` and ``release`` too) → what AWS calls its definition.
        release_process: what AWS calls the one-off that runs the Procfile's ``release``.
        is_prepared: whether that has ended well.
        begun: the process types that AWS was asked to roll out.
    """

    definitions: Mapping[str, str] = field(default_factory=dict)
    release_process: str | None = None
    is_prepared: bool = False
    begun: Mapping[str, Begun] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Record:
    """A release as the ledger has it."""

    release: Release
    progress: Progress = field(default_factory=Progress)

    @property
    def is_begun(self) -> bool:
        """Whether AWS was asked to roll out all of its process types."""
        types = self.release.formation.keys()
        return bool(types) and types <= self.progress.begun.keys()


def key(number: int) -> str:
    """The sort key of a release: eight digits, so that the order of keys is that of numbers."""
    return f"release/{number:08}"


def attributes(record: Record) -> dict[str, Any]:
    """A record as an item's attributes. Raises `InvalidRequest` if it is too large for one item.

    Few attributes, the rest as JSON: nothing asks for more, and fifty releases of a hundred config vars
    are read and written quickly.
    """
    release, progress = record.release, record.progress
    text = json.dumps(_told(release, progress), ensure_ascii=False)
    size = len(text.encode())
    if size > _ITEM_BYTES:
        raise InvalidRequest(
            f"The release would take {size:,} bytes of the ledger; {_ITEM_BYTES:,} is the most.",
            "Shorten the commands of the Procfile, or have fewer config vars.",
        )
    return {"number": release.number, "status": str(release.status), "release": text}


def record(item: Mapping[str, Any]) -> Record:
    """A record from an item's attributes."""
    told = json.loads(item["release"])
    return Record(
        release=Release(
            number=item["number"],
            description=told["description"],
            user=told["user"],
            created_at=datetime.fromisoformat(told["created_at"]),
            status=ReleaseStatus(item["status"]),
            slug=_slug(told["slug"]),
            commit=told["commit"],
            config=told["config"],
            formation={
                name: ProcessType(**{**kind, "size": Size(kind["size"])})
                for name, kind in told["formation"].items()
            },
            base=told["base"],
            reason=told["reason"],
            superseded_by=told["superseded_by"],
        ),
        progress=_progress(told["progress"]),
    )


def _told(release: Release, progress: Progress) -> dict[str, Any]:
    return {
        "description": release.description,
        "user": release.user,
        "created_at": release.created_at.isoformat(),
        "slug": _slug_attributes(release.slug),
        "commit": release.commit,
        "config": dict(release.config),
        "formation": {
            name: {**asdict(kind), "size": str(kind.size)}
            for name, kind in release.formation.items()
        },
        "base": release.base,
        "reason": release.reason,
        "superseded_by": release.superseded_by,
        "progress": _progress_attributes(progress),
    }


def _slug_attributes(slug: Slug | None) -> dict[str, Any] | None:
    if slug is None:
        return None
    return {
        "image_digest": slug.image_digest,
        "architecture": str(slug.architecture),
        "process_types": dict(slug.process_types),
        "port": slug.port,
        "shell": slug.shell,
        "launcher": slug.launcher,
        "health_check_path": slug.health_check_path,
    }


def _slug(told: Mapping[str, Any] | None) -> Slug | None:
    if told is None:
        return None
    return Slug(
        image_digest=told["image_digest"],
        architecture=Architecture(told["architecture"]),
        process_types=told["process_types"],
        port=told["port"],
        shell=told["shell"],
        launcher=told.get("launcher", False),
        health_check_path=told.get("health_check_path"),
    )


def _progress_attributes(progress: Progress) -> dict[str, Any]:
    return {
        "definitions": dict(progress.definitions),
        "release_process": progress.release_process,
        "is_prepared": progress.is_prepared,
        "begun": {
            name: {"rollout": begun.rollout, "at": begun.at.isoformat()}
            for name, begun in progress.begun.items()
        },
    }


def _progress(told: Mapping[str, Any]) -> Progress:
    return Progress(
        definitions=told["definitions"],
        release_process=told["release_process"],
        is_prepared=told["is_prepared"],
        begun={
            name: Begun(rollout=begun["rollout"], at=datetime.fromisoformat(begun["at"]))
            for name, begun in told["begun"].items()
        },
    )
