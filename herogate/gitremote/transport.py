"""git's own HTTP transport (``git remote-http``), which moves the objects.

Credentials reach it by a credential helper for that one address, in the environment: never in an
argument, a URL or a file.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Mapping
from types import TracebackType
from urllib.parse import urlsplit

from herogate.engine.repositories import Access

_HELPER = (
    '!f() { test "$1" = get && '
    'printf \'username=%s\\npassword=%s\\n\' "$HEROGATE_GIT_USER" "$HEROGATE_GIT_PASSWORD"; }; f'
)


class TransportFailed(Exception):
    """git's transport ended before its time; it has told the user why."""


class Transport:
    """A running transport.

    Args:
        remote: the remote's name, under which git may have settings for it.
        access: where the repository is, and what lets git in.
    """

    def __init__(self, remote: str, access: Access) -> None:
        scheme = urlsplit(access.clone_url).scheme
        # In a later version of its protocol the transport lists nothing to a helper.
        settings = {"protocol.version": "0"}
        self._process = subprocess.Popen(
            ["git", f"remote-{scheme}", remote, access.clone_url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment(os.environ, access, settings),
        )
        if self._process.stdin is None or self._process.stdout is None:
            raise ValueError("pipes were asked for")
        self._stdin, self._stdout = self._process.stdin, self._process.stdout

    def __enter__(self) -> Transport:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._process:
            if error is not None:
                self._process.terminate()

    def option(self, line: str) -> str:
        """Set an option: ``ok``, ``unsupported``, or what is wrong with it."""
        self._say([line])
        return self._hear()

    def ask(self, lines: Iterable[str]) -> list[str]:
        """Give a command or a batch of them; the lines of the answer."""
        self._say(lines)
        answer = []
        while line := self._hear():
            answer.append(line)
        return answer

    def _say(self, lines: Iterable[str]) -> None:
        try:
            for line in lines:
                self._stdin.write(f"{line}\n".encode(errors="surrogateescape"))
            self._stdin.flush()
        except BrokenPipeError as error:
            raise TransportFailed from error

    def _hear(self) -> str:
        line = self._stdout.readline()
        if not line.endswith(b"\n"):
            raise TransportFailed
        return line[:-1].decode(errors="surrogateescape")


def environment(
    inherited: Mapping[str, str], access: Access, settings: Mapping[str, str]
) -> dict[str, str]:
    """The environment in which git has this password for this address, and asks nobody for another."""
    address = urlsplit(access.clone_url)
    helper = f"credential.{address.scheme}://{address.netloc}.helper"
    # The user's own helpers are forgotten: they would keep what is good for minutes.
    pairs = [(helper, ""), (helper, _HELPER), *settings.items()]
    first = int(inherited.get("GIT_CONFIG_COUNT") or 0)
    return {
        **inherited,
        "HEROGATE_GIT_USER": access.password.user,
        "HEROGATE_GIT_PASSWORD": access.password.password,
        "GIT_ASKPASS": "",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_CONFIG_COUNT": str(first + len(pairs)),
        **{f"GIT_CONFIG_KEY_{first + i}": key for i, (key, _) in enumerate(pairs)},
        **{f"GIT_CONFIG_VALUE_{first + i}": value for i, (_, value) in enumerate(pairs)},
    }
