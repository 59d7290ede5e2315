"""What completion has asked AWS lately: names of apps and of config vars, never a value.

Kept for a few minutes, so that a second <TAB> does not wait; where nothing can be kept, AWS is asked
each time. What cannot be found out is not completed.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from herogate.errors import HerogateError

_SECONDS = 300.0
_SETTINGS = (
    "AWS_PROFILE",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_ENDPOINT_URL",
    "AWS_CONFIG_FILE",
)


class Cache:
    """The answers kept in the user's cache directory."""

    def __init__(self, folder: Path | None = None, *, now: Callable[[], float] = time.time) -> None:
        self._folder = folder or _users()
        self._now = now

    def apps(self) -> Sequence[str]:
        """The names of the apps."""
        return self.answer("apps", _apps)

    def keys(self, app: str | None) -> Sequence[str]:
        """The config vars of an app, or of the one that the directory names."""
        return self.answer(f"keys {app or _here()}", lambda: _keys(app))

    def answer(self, question: str, ask: Callable[[], Sequence[str]]) -> Sequence[str]:
        """What was answered a short time ago, else what is answered now; nothing if nothing is."""
        place = "\0".join([question, *(os.environ.get(name, "") for name in _SETTINGS)])
        file = self._folder / hashlib.sha256(place.encode()).hexdigest()[:32]
        try:
            if self._now() - file.stat().st_mtime < _SECONDS:
                return [str(word) for word in json.loads(file.read_text())]
        except (OSError, ValueError):
            pass
        try:
            found = list(ask())
        except HerogateError:
            return []
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            file.write_text(json.dumps(found))
        return found

    def forget(self) -> None:
        """Forget every answer."""
        shutil.rmtree(self._folder, ignore_errors=True)


def _users() -> Path:
    """The user's own directory for it; one that cannot be, where there is no home."""
    try:
        home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    except RuntimeError:
        return Path(os.devnull)
    return Path(home) / "herogate" / "completion"


def _here() -> str:
    """The directory, by whose git remotes an app may be chosen; none if it was removed meanwhile."""
    try:
        return os.getcwd()  # noqa: PTH109 - a name to tell answers apart, no path to work with
    except OSError:
        return ""


def _apps() -> Sequence[str]:
    from herogate.engine.platform import Platform

    return [app.name for app in Platform().apps.all()]


def _keys(app: str | None) -> Sequence[str]:
    from herogate.cli.options import target

    chosen = target(app)
    return chosen.platform.config_vars.names(chosen.app)
