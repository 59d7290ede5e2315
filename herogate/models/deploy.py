"""What there is to tell of a commit on its way to being live."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class DeployOutput:
    """A line that a build or a release wrote, as a Heroku user knows them."""

    line: str


@dataclass(frozen=True, kw_only=True)
class Deployed:
    """A commit is live."""


@dataclass(frozen=True, kw_only=True)
class DeployFailed:
    """A commit did not come live.

    Attributes:
        step: where it failed: ``source``, ``build``, ``release``.
        reason: why, if AWS says more than the output does.
    """

    step: str
    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class DeploySuperseded:
    """A newer commit took this one's place; `by` is its id, where it is known."""

    by: str | None = None


DeployEvent = DeployOutput | Deployed | DeployFailed | DeploySuperseded
"""All but the first are the last one of a deploy."""
