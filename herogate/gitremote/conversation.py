"""git's protocol of remote helpers (``git help remote-helpers``), from the helper's side.

Most of it goes through to git's own transport as it is. Ours are the listing, in which the deploy branch
stands as it was released, and the push, which is a deploy.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import takewhile
from types import TracebackType
from typing import BinaryIO

from herogate.engine.repositories import Access
from herogate.gitremote import decisions, following
from herogate.gitremote.app_remote import AppRemote
from herogate.gitremote.decisions import (
    BRANCHES,
    Decision,
    DeployBranch,
    Push,
    Redeploy,
    Refuse,
    Send,
)
from herogate.gitremote.local_repository import fetch_commit, pushers_repository
from herogate.gitremote.transport import Transport

_CAPABILITIES = ("fetch", "option", "push", "object-format")
_LEASE = "option cas "
_OURS = {"option check-connectivity true": "unsupported"}
"""A commit that is shown may not be what the transport fetched: git itself is to check."""
_NO_ANSWER = "the remote end hung up"
_ATTEMPTS = 3
"""How often a push is sent that others were faster than each time."""


class Conversation:
    """One git's talk with the remote of an app.

    Args:
        remote: the remote's name (its URL where it has none).
        url: ``herogate://…``.
    """

    def __init__(self, remote: str, url: str) -> None:
        self._remote = remote
        self._app = AppRemote(url)
        self._branch: DeployBranch | None = None
        self._is_dry_run = False
        self._has_lease = False

    def __enter__(self) -> Conversation:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if "_transport" in self.__dict__:
            self._transport.__exit__(kind, error, trace)

    def serve(self, heard: BinaryIO, said: BinaryIO) -> None:
        """Answer git until it has no more to say."""
        lines = (line.rstrip(b"\n").decode(errors="surrogateescape") for line in heard)
        for line in lines:
            if not line:
                return
            answer = "\n".join([*self._answer(line, lines), ""])
            said.write(answer.encode(errors="surrogateescape"))
            said.flush()

    def _answer(self, line: str, lines: Iterator[str]) -> Iterable[str]:
        """The answer to a command; `lines` are those that follow, should it begin a batch."""
        command = line.partition(" ")[0]
        if command == "capabilities":
            return (*_CAPABILITIES, "")
        if command == "option":
            return (self._option(line),)
        if command == "list":
            return (*self._list(line), "")
        batch = [line, *_rest(lines)]
        return (*(self._push(batch) if command == "push" else self._fetch(batch)), "")

    def _option(self, line: str) -> str:
        if line in _OURS:
            return _OURS[line]
        if line.startswith(f"{_LEASE}{self._app.reference}:"):
            self._has_lease = True  # git has compared it to what it was shown
            return "ok"
        if line.startswith("option dry-run "):
            self._is_dry_run = line.endswith(" true")
        return self._transport.option(line)

    def _list(self, line: str) -> Iterator[str]:
        listing = self._transport.ask([line])
        tip = decisions.tips(listing).get(self._app.reference)
        self._branch = self._app.branch(tip)
        return decisions.shown(listing, self._branch)

    def _was_overtaken(self, answers: Mapping[str, str]) -> bool:
        """Whether a push was refused because another has moved the branch; then it is listed anew."""
        answer = answers.get(self._app.reference, "")
        if self._is_dry_run or not answer.startswith("error "):
            return False
        before = self._branch
        self._transport.__exit__(None, None, None)
        del self._transport  # a running one does not look again
        self._list("list for-push")
        return self._branch != before

    def _fetch(self, batch: list[str]) -> list[str]:
        answer = self._transport.ask([*batch, ""])
        branch = self._branch
        if branch is not None and branch.shown is not None and branch.shown != branch.tip:
            fetch_commit(branch.shown, self._access)
        return answer

    def _push(self, batch: list[str]) -> list[str]:
        pushes = [Push.parse(line) for line in batch]
        known = self._app.known_deploys()
        decided, answers = self._carried_out(pushes)
        for _ in range(1, _ATTEMPTS):
            if len(pushes) > 1 or not self._was_overtaken(answers):
                break
            decided, answers = self._carried_out(pushes)
        for each in decided:
            if isinstance(each, Refuse):
                answers[each.target] = f"error {each.target} {each.why}"
            elif not self._is_dry_run:
                self._follow(each, answers, known)
            elif isinstance(each, Redeploy):
                answers[each.target] = f"ok {each.target}"
        return list(answers.values())

    def _carried_out(self, pushes: Sequence[Push]) -> tuple[list[Decision], dict[str, str]]:
        """What is to be done about a push, and what git's transport says of what it has done of it."""
        branch = self._branch
        if branch is None:
            raise ValueError("git pushes only what was listed")
        repository = pushers_repository()
        decided = [
            decisions.decide(push, branch, repository, has_lease=self._has_lease) for push in pushes
        ]
        self._force(decided)
        sends = [each for each in decided if isinstance(each, Send)]
        # A transport that was cut off answers nothing, which git would take for "up to date".
        answers = {each.push.target: f"error {each.push.target} {_NO_ANSWER}" for each in sends}
        return decided, answers | {_target(answer): answer for answer in self._sent(sends)}

    def _force(self, decided: Sequence[Decision]) -> None:
        """Say before anything begins which commits are to be released even if they change nothing."""
        for each in decided:
            commit = None if isinstance(each, Refuse) or not each.is_forced else each.commit
            if commit is not None and not self._is_dry_run:
                self._app.force(commit)

    def _sent(self, sends: Sequence[Send]) -> list[str]:
        """What git's transport says of the parts of a push that it carries out."""
        if not sends:
            return []
        for each in sends:
            if each.lease is not None:
                self._transport.option(f"{_LEASE}{each.push.target}:{each.lease}")
        return self._transport.ask([*(each.push.line for each in sends), ""])

    def _follow(
        self, decided: Send | Redeploy, answers: dict[str, str], known: frozenset[str] | None
    ) -> None:
        """Follow what a part of a push began, and put its outcome in place of git's answer."""
        if isinstance(decided, Redeploy):
            answers[decided.target] = following.answer(self._app, decided.target, decided.commit)
            return
        target = decided.push.target
        if not answers.get(target, "").startswith("ok "):
            return
        if decided.commit is not None:
            answers[target] = following.answer(self._app, target, decided.commit, known)
        elif decided.push.source and target.startswith(BRANCHES):
            following.say_it_does_not_deploy(self._app, target)

    @cached_property
    def _access(self) -> Access:
        return self._app.access()

    @cached_property
    def _transport(self) -> Transport:
        return Transport(self._remote, self._access)


def _rest(lines: Iterator[str]) -> Iterator[str]:
    """What is left of a batch, which an empty line ends."""
    return takewhile(bool, lines)


def _target(answer: str) -> str:
    """The reference that ``ok <reference>`` or ``error <reference> <why>`` is about."""
    return answer.split(" ")[1]
