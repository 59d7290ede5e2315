"""Work that goes on without being watched."""

from __future__ import annotations

from typing import ClassVar

from herogate.errors import HerogateError


class Detached(HerogateError):
    """The user stopped watching; AWS goes on. Shown as a warning."""

    exit_code: ClassVar[int] = 130  # as a shell reports SIGINT
