"""What makes a release of another: pure changes, and what of them is kept when a release fails.

A release that fails takes back only what it changed. Several changes may fail together, when newer
releases were declared before older ones were live; then the deploys among them are suspected, or else
the newest change, and the rest is kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

from herogate.engine.process_types import RELEASE_PROCESS, WEB
from herogate.models import ProcessType, Release, Size, Slug


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A release before it has a number."""

    description: str
    user: str
    slug: Slug | None = None
    commit: str | None = None
    config: Mapping[str, str] = field(default_factory=dict)
    formation: Mapping[str, ProcessType] = field(default_factory=dict)


def commands(slug: Slug) -> dict[str, str | None]:
    """The process types of a release of a slug, each with its command."""
    told: Mapping[str, str | None] = slug.process_types or {WEB: None}
    return {name: command for name, command in told.items() if name != RELEASE_PROCESS}


def deploy(base: Release | None, *, slug: Slug, commit: str, user: str) -> Draft:
    """A new slug; config vars stay, and so does the size of each process type that stays."""
    known = {} if base is None else base.formation
    return Draft(
        description=f"Deploy {commit[:8]}",
        user=user,
        slug=slug,
        commit=commit,
        config={} if base is None else base.config,
        formation={
            name: replace(known.get(name, ProcessType(command=None)), command=command)
            for name, command in commands(slug).items()
        },
    )


def deploy_container(base: Release | None, *, slug: Slug, user: str) -> Draft:
    """A new slug whose image was built elsewhere."""
    short = slug.image_digest.partition(":")[2][:12]
    draft = deploy(base, slug=slug, commit="", user=user)
    return replace(draft, description=f"Deployed web ({short})", commit=None)


def configured(base: Release | None, changes: Mapping[str, str | None], *, user: str) -> Draft:
    """Other config vars, by the parameters that hold their values; those given None go."""
    unset = [key for key, parameter in changes.items() if parameter is None]
    anew = {key: parameter for key, parameter in changes.items() if parameter is not None}
    draft = _on(base)
    remain = {key: name for key, name in draft.config.items() if key not in unset}
    told = [f"{verb} {', '.join(keys)}" for verb, keys in (("Set", anew), ("Unset", unset)) if keys]
    description = f"{' and '.join(told)} config vars"
    return replace(draft, description=description, user=user, config=remain | anew)


def resized(base: Release, sizes: Mapping[str, Size], *, user: str) -> Draft:
    """Other sizes of process types, which the base must have."""
    told = ", ".join(f"{name} to {size}" for name, size in sizes.items())
    changed = {name: replace(base.formation[name], size=size) for name, size in sizes.items()}
    return replace(
        _draft(base),
        description=f"Resize {told}",
        user=user,
        formation={**base.formation, **changed},
    )


def adjusted(
    base: Release, types: Sequence[str], changes: Mapping[str, object], *, user: str
) -> Draft:
    """Process types of the base that are paid, started or stopped otherwise.

    Args:
        changes: attributes of `ProcessType`, beside its command and size.
    """
    told = ", ".join(f"{name} {value}" for name, value in changes.items())
    kinds = {name: replace(base.formation[name], **changes) for name in types}  # type: ignore[arg-type]
    return replace(
        _draft(base),
        description=f"Adjust {', '.join(types)}: {told}",
        user=user,
        formation={**base.formation, **kinds},
    )


def rolled_back(target: Release, *, user: str) -> Draft:
    """All that an earlier release was."""
    return replace(_draft(target), description=f"Rollback to {target.version}", user=user)


def retried(target: Release, *, user: str) -> Draft:
    """All that the newest release was."""
    description = f"Retry of {target.version}: {target.description}"
    return replace(_draft(target), description=description, user=user)


def kept(current: Release | None, failed: Sequence[Release]) -> Draft | None:
    """What stays of changes that failed together, on top of the release in effect; None if nothing does.

    Args:
        failed: each made on top of the one before, the first on top of `current`.
    """
    steps = list(zip([current, *failed], failed, strict=False))
    deploys = [step for step in steps if _is_deploy(*step)]
    suspected = deploys or steps[-1:]
    innocent = [step for step in steps if step not in suspected]
    if not innocent:
        return None
    result = _on(current)
    for before, after in innocent:
        result = _with(result, before, after)
    return replace(
        result,
        description=", ".join(after.description for _, after in innocent),
        user=innocent[-1][1].user,
    )


def _is_deploy(before: Release | None, after: Release) -> bool:
    return after.slug != (None if before is None else before.slug)


def _on(base: Release | None) -> Draft:
    return Draft(description="", user="") if base is None else _draft(base)


def _draft(release: Release) -> Draft:
    return Draft(
        description=release.description,
        user=release.user,
        slug=release.slug,
        commit=release.commit,
        config=release.config,
        formation=release.formation,
    )


def _with(draft: Draft, before: Release | None, after: Release) -> Draft:
    """A draft with what one release changed of another: config vars, sizes and the like."""
    old_config = {} if before is None else before.config
    old_formation = {} if before is None else before.formation
    dropped = old_config.keys() - after.config.keys()
    set_anew = {k: v for k, v in after.config.items() if old_config.get(k) != v}
    altered = {
        name: _altered(old_formation[name], kind)
        for name, kind in after.formation.items()
        if name in old_formation
    }
    return replace(
        draft,
        config={k: v for k, v in draft.config.items() if k not in dropped} | set_anew,
        formation={
            name: replace(kind, **altered.get(name, {})) for name, kind in draft.formation.items()
        },
    )


def _altered(old: ProcessType, new: ProcessType) -> dict[str, Any]:
    """What a release has changed of a process type; its command is the slug's."""
    return {
        each.name: getattr(new, each.name)
        for each in fields(ProcessType)
        if each.name != "command" and getattr(new, each.name) != getattr(old, each.name)
    }
