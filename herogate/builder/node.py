"""Node.js apps on the host base: ``node_modules`` as npm installs them for production."""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from herogate.builder.languages import Workplace, fingerprint, key_of
from herogate.builder.layers import Entry, tree
from herogate.builder.programs import answer, run
from herogate.builder.talk import Talk
from herogate.errors import BuildFailed

PACKAGE = "package.json"

MODULES = "node_modules"

_LOCKS = ("package-lock.json", "npm-shrinkwrap.json")
_OTHER_LOCKS = ("yarn.lock", "pnpm-lock.yaml", "bun.lock", "bun.lockb")
_SYSTEM = ("/usr/local/bin", "/usr/bin", "/bin")
_OF_THE_SOURCE = ("preinstall", "install", "postinstall", "prepare", "heroku-postbuild", "build")
"""Scripts of an app that may make anything in its source while its packages are installed."""


class Node:
    """A Node.js app."""

    name = "Node.js"
    own_directories: tuple[str, ...] = (MODULES,)
    completes_source = False

    def __init__(self, workplace: Workplace) -> None:
        self._at = workplace
        self._package = _read(workplace.source / PACKAGE)

    @staticmethod
    def is_in(source: Path) -> bool:
        """Whether there is a Node.js app in the source."""
        return (source / PACKAGE).is_file()

    @property
    def paths(self) -> tuple[str, ...]:
        """The programs of packages; and Node.js itself where it is not among the system's."""
        program = Path(self._node[1]).parent
        own = () if str(program) in _SYSTEM else (str(program),)
        return ("/app/node_modules/.bin", *own)

    @property
    def variables(self) -> Mapping[str, str]:
        """npm's shell is one that a script's program takes the place of: SIGTERM for npm reaches it."""
        shell = shutil.which("bash", path=self._at.environment["PATH"])
        own = {} if shell is None else {"npm_config_script_shell": shell}
        return {"NODE_ENV": "production", "npm_config_update_notifier": "false", **own}

    @property
    def default_web(self) -> str | None:
        """Heroku's default."""
        if "start" in self._scripts or (self._at.source / "server.js").is_file():
            return "npm start"
        return None

    def key(self) -> str | None:
        """The packages asked for, the lock file and Node.js; the whole source if packages are in it."""
        if not self._packages and not self._build_script:
            return None
        locks = [self._text(name) for name in (*_LOCKS, ".npmrc")]
        asked = json.dumps([self._packages, self._package.get("overrides")], sort_keys=True)
        if any(name in self._scripts for name in _OF_THE_SOURCE):
            locks.append(
                secrets.token_hex()
            )  # what they make in the source is in no layer to reuse
        if self._is_local(asked):
            locks.append(fingerprint(self._at.source))
        return key_of(self.name, *self._node, asked, *locks)

    def install(self, talk: Talk) -> Iterable[Entry]:
        """Install the packages, and have the app built if it says how."""
        version, _ = self._node
        talk.step(f"Using Node.js {version} of this machine")
        locked = any((self._at.source / name).is_file() for name in _LOCKS)
        talk.step(f"Installing dependencies with npm {'ci' if locked else 'install'}")
        if not locked:
            self._complain(talk)
        quiet = ("--no-audit", "--no-fund", "--no-progress")
        dev = "--include=dev" if self._build_script else "--omit=dev"
        self._npm(talk, "ci" if locked else "install", *quiet, dev)
        if self._build_script:
            talk.step(f"Running {self._build_script}")
            self._npm(talk, "run", self._build_script)
            self._npm(talk, "prune", "--omit=dev", *quiet)
        modules = self._at.source / MODULES
        modules.mkdir(exist_ok=True)
        return tree(modules, f"app/{MODULES}")

    def complete_source(self, root: Path, talk: Talk) -> None:
        """Nothing: what npm makes in the source is made when it installs."""

    @property
    def _scripts(self) -> Mapping[str, Any]:
        scripts = self._package.get("scripts")
        return scripts if isinstance(scripts, dict) else {}

    @property
    def _build_script(self) -> str | None:
        known = (name for name in ("heroku-postbuild", "build") if name in self._scripts)
        return next(known, None)

    @property
    def _packages(self) -> Mapping[str, Any]:
        kinds = ["dependencies", "optionalDependencies", "workspaces"]
        if self._build_script:
            kinds.append("devDependencies")
        return {kind: self._package[kind] for kind in kinds if self._package.get(kind)}

    def _is_local(self, asked: str) -> bool:
        return "workspaces" in self._packages or '"file:' in asked or '"link:' in asked

    def _complain(self, talk: Talk) -> None:
        for name in _OTHER_LOCKS:
            if (self._at.source / name).is_file():
                talk.trouble(f"{name} is not read: npm installs here, from {PACKAGE} alone.")

    @cached_property
    def _node(self) -> tuple[str, str]:
        asked = ["node", "-p", "process.version + ' ' + process.execPath"]
        told = answer(asked, self._at.environment)
        if told is None:
            raise BuildFailed(
                f"There is a {PACKAGE}, and this machine has no Node.js.",
                "Install Node.js with npm, then push again.",
            )
        version, _, path = told.partition(" ")
        return version, path

    def _npm(self, talk: Talk, *arguments: str) -> None:
        run(
            ["npm", *arguments],
            talk=talk,
            directory=self._at.source,
            environment={**self._at.environment, "NODE_ENV": "production"},
            failure=f"npm {arguments[0]} has failed",
        )

    def _text(self, name: str) -> str:
        file = self._at.source / name
        return file.read_text(errors="replace") if file.is_file() else ""


def _read(file: Path) -> Mapping[str, Any]:
    try:
        package = json.loads(file.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise BuildFailed(f"{PACKAGE} cannot be read: {error}.") from error
    if not isinstance(package, dict):
        raise BuildFailed(f"{PACKAGE} is not an object.")
    return package
