"""The name that has to be given or typed before something is destroyed."""

from __future__ import annotations

from herogate.cli import output
from herogate.errors import ConfirmationMismatch


def confirmed(name: str, confirmation: str | None, what: str) -> None:
    """Have the name of what is to be destroyed given or typed. Raises `ConfirmationMismatch`."""
    given = confirmation if confirmation is not None else output.ask_confirmation(name, what)
    if given != name:
        raise ConfirmationMismatch(given, name)
