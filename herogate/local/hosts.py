"""The names under which this cloud may be addressed: this machine's own, and those of a reverse proxy.

A web page that has its own name resolve to this machine addresses it under that name, and is told apart
by it. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

_ADDRESS = "127.0.0.1"
_NAME = "localhost"
_HOST = re.compile(r"([a-z0-9._-]+|\[[0-9a-f:.]+\])(:[0-9]{1,5})?")


class Hosts:
    """The names of one cloud.

    Args:
        trusted: a reverse proxy's, with a port (``cloud.example.com:8443``) or without.
    """

    def __init__(self, trusted: Iterable[str] = ()) -> None:
        self._trusted = tuple(name.lower() for name in trusted)

    def admits(self, host: str) -> bool:
        """Whether a Host header names this cloud, or a bucket in front of one of its names."""
        return self._prefix(host) is not None

    def bucket(self, host: str) -> str | None:
        """The bucket that S3's virtual-hosted style names in front of this cloud's name."""
        return self._prefix(host) or None

    def signed(self, headers: Mapping[str, str]) -> Iterator[str]:
        """The names for which a client may have signed a request with these headers (in lower case)."""
        yield headers["host"]
        port = headers.get("x-forwarded-port", "").partition(",")[0].strip()
        for name in _words(headers.get("x-forwarded-host", "")):
            yield name
            if port.isdecimal() and ":" not in name:
                yield f"{name}:{port}"
        yield from self._trusted

    def _prefix(self, host: str) -> str | None:
        """What stands in front of a name of this cloud, "" if nothing does; None for other names."""
        found = _HOST.fullmatch(host.lower())
        if found is None:
            return None
        if found[1] == _ADDRESS:
            return ""
        for name in (_NAME, *self._trusted):
            for given in (found[1], found[0]):
                if given == name:
                    return ""
                if given.endswith(f".{name}"):
                    return given.removesuffix(f".{name}")
        return None


def _words(listed: str) -> list[str]:
    return [word.strip() for word in listed.split(",") if word.strip()]
