"""What a push changed, as CodeCommit tells it to EventBridge. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

SOURCE = "aws.codecommit"
DETAIL_TYPE = "CodeCommit Repository State Change"

Refs = Mapping[str, str]
"""Object ids by the references' full names."""

_BRANCHES = "refs/heads/"
_KINDS = {_BRANCHES: "branch", "refs/tags/": "tag"}


@dataclass(frozen=True, kw_only=True)
class Change:
    """A branch or tag that is not what it was. `old` or `new` is None where there is nothing."""

    reference: str
    old: str | None
    new: str | None

    @property
    def event(self) -> str:
        if self.old is None:
            return "referenceCreated"
        return "referenceDeleted" if self.new is None else "referenceUpdated"


def changes(told: Refs, actual: Refs) -> list[Change]:
    """What to tell, when `told` is what was told last; in the order of the references' names."""
    return [
        Change(reference=name, old=told.get(name), new=actual.get(name))
        for name in sorted({*told, *actual})
        if told.get(name) != actual.get(name) and _kind(name) is not None
    ]


def detail(
    change: Change, *, repository_name: str, repository_id: str, caller_arn: str
) -> dict[str, str]:
    """The event's detail, with the fields that AWS documents."""
    prefix = _kind(change.reference) or ""
    return {
        "event": change.event,
        "repositoryName": repository_name,
        "repositoryId": repository_id,
        "referenceType": _KINDS[prefix],
        "referenceName": change.reference.removeprefix(prefix),
        "referenceFullName": change.reference,
        "callerUserArn": caller_arn,
        **dict(_commits(change)),
    }


def first_branch(refs: Refs) -> str | None:
    """The branch that becomes the default one, when these are the first references of a repository.

    AWS takes the first one pushed; of several that come at once, one of the usual names goes first.
    """
    branches = [name.removeprefix(_BRANCHES) for name in sorted(refs) if name.startswith(_BRANCHES)]
    usual = [name for name in ("main", "master") if name in branches]
    return next(iter([*usual, *branches]), None)


def _kind(reference: str) -> str | None:
    return next((prefix for prefix in _KINDS if reference.startswith(prefix)), None)


def _commits(change: Change) -> Iterator[tuple[str, str]]:
    if change.new is not None:
        yield "commitId", change.new
    if change.old is not None:
        yield "oldCommitId", change.old
