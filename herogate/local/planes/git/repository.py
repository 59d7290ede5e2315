"""A repository's data: references, commits, trees, blobs. Read from git, never from memory."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from herogate.local.planes.git.changes import Refs
from herogate.local.planes.git.program import Git, GitRefused

EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
BRANCHES = "refs/heads/"

_OBJECT_ID = re.compile(r"[0-9a-f]{40}")
_PERSON = re.compile(r"(?P<name>.*?) ?<(?P<email>[^>]*)>(?: (?P<date>.*))?", re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class Stored:
    """An object of git's: its id, type (commit, tree, blob, tag), size and, where asked for, content."""

    id: str
    type: str
    size: int
    content: bytes = b""


@dataclass(frozen=True, kw_only=True)
class Person:
    """Who wrote or made a commit; `date` as git keeps it: ``<seconds> <zone>``."""

    name: str
    email: str
    date: str


@dataclass(frozen=True, kw_only=True)
class Commit:
    """A commit. `further` is what its header holds beside the usual (a signature)."""

    id: str
    tree: str
    parents: tuple[str, ...]
    author: Person
    committer: Person
    message: str
    further: str


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A line of a tree: what stands at a path."""

    mode: str
    id: str
    path: str


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A path that differs between two trees; one side is None where there is nothing."""

    before: Entry | None
    after: Entry | None


class Repository:
    """One bare repository."""

    def __init__(self, git: Git, path: Path) -> None:
        self._git = git
        self.path = path

    async def make(self) -> None:
        """Make it, empty; one that is there stays."""
        await self._git.ask(
            self.path, "init", "--quiet", "--bare", "--template=", "--initial-branch=main"
        )

    async def refs(self) -> Refs:
        """All references."""
        listed = await self._git.ask(self.path, "for-each-ref", "--format=%(objectname) %(refname)")
        lines = listed.decode(errors="surrogateescape").splitlines()
        return {name: object_id for object_id, _, name in (line.partition(" ") for line in lines)}

    async def branches(self) -> dict[str, str]:
        """Commit ids by the branches' names, in the names' order."""
        return {
            name.removeprefix(BRANCHES): commit
            for name, commit in (await self.refs()).items()
            if name.startswith(BRANCHES)
        }

    async def set_head(self, branch: str) -> None:
        """Have a clone check this branch out, and no push delete it."""
        await self._git.ask(self.path, "symbolic-ref", "HEAD", f"{BRANCHES}{branch}")

    async def move(self, branch: str, *, to: str | None, seen: str | None) -> bool:
        """Point a branch to a commit, or to none, if it still is where it was seen: whether it was."""
        nothing = "0" * 40
        change = f"update {BRANCHES}{branch}\0{to or nothing}\0{seen or nothing}\0"
        try:
            await self._git.ask(self.path, "update-ref", "--stdin", "-z", stdin=change.encode())
        except GitRefused:
            return False
        return True

    async def takes_branch(self, name: str) -> bool:
        """Whether git takes this for a branch's name."""
        try:
            await self._git.ask(self.path, "check-ref-format", "--branch", name)
        except GitRefused:
            return False
        return not name.startswith("-")

    async def object(self, name: str, *, content: bool = True) -> Stored | None:
        """An object by id, by reference or by any other name of git's (``<commit>:<path>``)."""
        if "\n" in name:
            return None
        how = "--batch" if content else "--batch-check"
        said = await self._git.ask(self.path, "cat-file", how, stdin=f"{name}\n".encode())
        header, _, rest = said.partition(b"\n")
        fields = header.decode(errors="replace").rsplit(" ", 2)
        if len(fields) != 3 or not _OBJECT_ID.fullmatch(fields[0]):
            return None
        size = int(fields[2])
        return Stored(id=fields[0], type=fields[1], size=size, content=rest[:size])

    async def commit_id(self, specifier: str) -> str | None:
        """The commit that a branch, tag, HEAD, full reference or id names."""
        names = [f"{BRANCHES}{specifier}", f"refs/tags/{specifier}"]
        if specifier == "HEAD" or specifier.startswith("refs/") or is_object_id(specifier):
            names.insert(0, specifier)
        for name in names:
            found = await self.object(f"{name}^{{commit}}", content=False)
            if found is not None:
                return found.id
        return None

    async def commit(self, commit_id: str) -> Commit | None:
        """A commit by its whole id."""
        found = await self.object(commit_id)
        return _commit(found) if found is not None and found.type == "commit" else None

    async def folder(self, commit_id: str, path: str) -> tuple[str, list[Entry]] | None:
        """The id and entries of a folder (``""``: the root) as a commit holds it."""
        tree = await self.object(f"{commit_id}:{path}", content=False)
        if tree is None or tree.type != "tree":
            return None
        listed = await self._git.ask(self.path, "ls-tree", "-z", tree.id)
        return tree.id, [_entry(line) for line in listed.decode(errors="replace").split("\0")[:-1]]

    async def entry(self, commit_id: str, path: str) -> Entry | None:
        """What stands at a path in a commit."""
        folder, _, name = path.rpartition("/")
        found = await self.folder(commit_id, folder)
        entries = [] if found is None else found[1]
        return next((entry for entry in entries if entry.path == name), None)

    async def differences(
        self, before: str | None, after: str, paths: Sequence[str] = ()
    ) -> list[Difference]:
        """How the tree of `after` differs from that of `before` (None: from nothing)."""
        said = await self._git.ask(
            self.path,
            "--literal-pathspecs",
            *("diff-tree", "-r", "-z", "--no-renames", before or EMPTY_TREE, after, "--", *paths),
        )
        words = said.decode(errors="replace").split("\0")[:-1]
        return [_difference(*pair) for pair in zip(words[::2], words[1::2], strict=True)]


def is_object_id(text: str) -> bool:
    """Whether this is a whole object id."""
    return _OBJECT_ID.fullmatch(text) is not None


def _commit(found: Stored) -> Commit:
    header, _, message = found.content.decode(errors="replace").partition("\n\n")
    fields: dict[str, list[str]] = {}
    further: list[str] = []
    for line in header.split("\n"):
        name, _, value = line.partition(" ")
        if name in {"tree", "parent", "author", "committer"}:
            fields.setdefault(name, []).append(value)
        else:
            further.append(line)
    return Commit(
        id=found.id,
        tree=fields["tree"][0],
        parents=tuple(fields.get("parent", [])),
        author=_person(fields["author"][0]),
        committer=_person(fields["committer"][0]),
        message=message,
        further="\n".join(further),
    )


def _person(text: str) -> Person:
    found = _PERSON.fullmatch(text)
    if found is None:
        return Person(name=text, email="", date="")
    return Person(name=found["name"], email=found["email"], date=found["date"] or "")


def _entry(line: str) -> Entry:
    described, _, path = line.partition("\t")
    mode, _, object_id = described.split(" ")
    return Entry(mode=mode, id=object_id, path=path)


def _difference(described: str, path: str) -> Difference:
    old_mode, new_mode, old_id, new_id, _ = described.removeprefix(":").split(" ")
    return Difference(before=_side(old_mode, old_id, path), after=_side(new_mode, new_id, path))


def _side(mode: str, object_id: str, path: str) -> Entry | None:
    return None if mode == "000000" else Entry(mode=mode, id=object_id, path=path)
