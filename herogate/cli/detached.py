"""Work that goes on without being watched."""

from __future__ import annotations

from herogate.interruptions import Interrupted


class Detached(Exception):
    """The user stopped watching; AWS goes on. Shown as a warning.

    Args:
        message: what goes on, and how to return to it.
        interrupted: what ended the watching.
    """

    def __init__(self, message: str, interrupted: Interrupted) -> None:
        super().__init__(message)
        self.message = message
        self.exit_code = interrupted.exit_code


def release_goes_on(app: str, version: str) -> str:
    """What to tell whoever stops watching a release."""
    return f"{version} goes on. `herogate ps:wait -a {app}` waits for it."
