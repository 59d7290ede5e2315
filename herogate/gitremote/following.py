"""A push's deploy, told line by line, and its outcome as git's answer."""

from __future__ import annotations

from collections.abc import Iterator

from herogate.errors import HerogateError
from herogate.gitremote import talk
from herogate.gitremote.app_remote import AppRemote
from herogate.gitremote.decisions import BRANCHES
from herogate.interruptions import Interrupted
from herogate.models import (
    Deployed,
    DeployEvent,
    DeployFailed,
    DeployOutput,
    DeploySuperseded,
)

_COMPLAINT = " !"
_MARK = f"{_COMPLAINT}     "
"""How Heroku marks a line that tells of a failure."""


def answer(app: AppRemote, target: str, commit: str, known: frozenset[str] | None = None) -> str:
    """Follow the deploy of a commit to its end; what git is to be told of the reference.

    Args:
        known: the deploys before the push; None where the commit was there already.
    """
    has_complained = False
    try:
        for event in _told(app.deploy(commit, known)):
            match event:
                case DeployOutput(line=line):
                    has_complained |= line.startswith(_COMPLAINT)
                    talk.remote(line)
                case _:
                    return _answer(target, event, has_complained=has_complained)
    except HerogateError as error:
        _warn(f"{error.message} {error.hint or ''}")
        _warn("The push has arrived, but what becomes of it cannot be seen.")
        _warn(f"`herogate builds -a {app.name}` shows it.")
    except Interrupted as interrupted:
        interrupted.taken()
        _warn(
            f"Not watching any more: the deploy goes on. `herogate builds -a {app.name}` shows it."
        )
        raise
    return f"error {target} deploy not followed"


def say_it_does_not_deploy(app: AppRemote, reference: str) -> None:
    """Tell that a push to another branch than the deploy branch was only a push."""
    pushed, deployed = reference.removeprefix(BRANCHES), app.reference.removeprefix(BRANCHES)
    talk.remote(f"Pushed to {pushed}, which is not deployed: only {deployed} is.")
    talk.remote(f"To deploy it: git push <remote> {pushed}:{deployed}")


def _answer(target: str, outcome: DeployEvent, *, has_complained: bool) -> str:
    match outcome:
        case DeploySuperseded(by=by):
            newer = "a newer push" if by is None else by[:8]
            _warn(f"Superseded by {newer}: this commit was not deployed.")
            return f"error {target} superseded by {newer}"
        case DeployFailed(step=step, reason=reason):
            if reason is not None and not has_complained:
                _warn(reason)
            _warn(f"Push rejected: the {step} failed.")
            return f"error {target} {step} failed"
        case Deployed() | DeployOutput():
            talk.remote("Verifying deploy... done.")
            return f"ok {target}"


def _told(events: Iterator[DeployEvent]) -> Iterator[DeployEvent]:
    """Events as they come, and meanwhile how long none has."""
    with talk.Silence() as silence:
        for event in events:
            silence.broken()
            yield event


def _warn(text: str) -> None:
    for line in text.strip().splitlines():
        talk.remote(f"{_MARK}{line}")
