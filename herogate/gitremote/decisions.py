"""What git is shown of a repository, and what each part of a push means. Pure.

The deploy branch is shown as it was last released: what was pushed and never came live does not count.
So git itself finds out what is new and whether it is a fast-forward.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

BRANCHES = "refs/heads/"


@dataclass(frozen=True, kw_only=True)
class DeployBranch:
    """The branch whose pushes are deployed.

    Attributes:
        reference: its full name.
        tip: the commit it has in the repository; None if it is not there.
        released: the commit last released; None before the first.
    """

    reference: str
    tip: str | None
    released: str | None

    @property
    def shown(self) -> str | None:
        """What git is to take for its tip."""
        return None if self.tip is None else self.released


@dataclass(frozen=True, kw_only=True)
class Push:
    """One part of a push: `source` is a name of the pusher's repository, or empty for a deletion."""

    source: str
    target: str
    is_forced: bool

    @classmethod
    def parse(cls, line: str) -> Push:
        """Read git's ``push [+]<source>:<target>``."""
        specification = line.removeprefix("push ")
        source, _, target = specification.removeprefix("+").rpartition(":")
        return cls(source=source, target=target, is_forced=specification.startswith("+"))

    @property
    def line(self) -> str:
        """As git's transport takes it."""
        return f"push {'+' if self.is_forced else ''}{self.source}:{self.target}"


@dataclass(frozen=True, kw_only=True)
class Send:
    """Have it done.

    Attributes:
        lease: replace exactly this commit, whatever became of it.
        commit: what is to be deployed then; None where nothing is.
        is_forced: release it even if it changes nothing.
    """

    push: Push
    lease: str | None = None
    commit: str | None = None
    is_forced: bool = False


@dataclass(frozen=True, kw_only=True)
class Redeploy:
    """The repository has it already and it was never released: deploy it."""

    target: str
    commit: str
    is_forced: bool = False


@dataclass(frozen=True, kw_only=True)
class Refuse:
    """Refuse, in a word that git knows."""

    target: str
    why: str


Decision = Send | Redeploy | Refuse


@dataclass(frozen=True, kw_only=True)
class PushersRepository:
    """What is asked of the pusher's repository: ids of names, and which commits precede which."""

    resolve: Callable[[str], str]
    has: Callable[[str], bool]
    precedes: Callable[[str, str], bool]


def tips(listing: Iterable[str]) -> Mapping[str, str]:
    """Object ids by reference, of what git's transport lists."""
    pairs = (line.split(" ") for line in listing if line and line[0] not in "@:?")
    return {pair[1]: pair[0] for pair in pairs}


def shown(listing: Iterable[str], branch: DeployBranch) -> Iterator[str]:
    """The listing with the deploy branch as it was released."""
    for line in listing:
        value, _, name = line.partition(" ")
        if name == branch.reference or (name == "HEAD" and value == branch.tip):
            if branch.shown is not None:
                yield f"{branch.shown} {name}"
        elif value != f"@{branch.reference}" or branch.shown is not None:
            yield line


def decide(
    push: Push, branch: DeployBranch, repository: PushersRepository, *, has_lease: bool
) -> Decision:
    """What to do about one part of a push.

    Args:
        has_lease: the pusher named the commit to be replaced, and git found it to be the one shown.
    """
    if push.target != branch.reference or not push.source:
        return Send(push=push)
    commit = repository.resolve(push.source)
    if commit == branch.tip:
        return Redeploy(target=push.target, commit=commit, is_forced=push.is_forced)
    refusal = None if push.is_forced or has_lease else _refusal(commit, branch.shown, repository)
    if refusal is not None:
        return Refuse(target=push.target, why=refusal)
    plain = Push(source=push.source, target=push.target, is_forced=False)
    return Send(push=plain, lease=branch.tip, commit=commit, is_forced=push.is_forced)


def _refusal(commit: str, released: str | None, repository: PushersRepository) -> str | None:
    if released is None:
        return None
    if not repository.has(released):
        return "fetch first"
    return None if repository.precedes(released, commit) else "non-fast-forward"
