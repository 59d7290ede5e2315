"""The name that has to be given or typed before something is destroyed."""

from __future__ import annotations

from collections.abc import Callable

from herogate.cli import output
from herogate.errors import ConfirmationMismatch


def confirmed(name: str, confirmation: str | None, what: str, *, check: Callable[[], None]) -> None:
    """Have the name of what is to be destroyed given or typed. Raises `ConfirmationMismatch`.

    Args:
        check: raises what stands in the way of the destruction; nobody is asked for nothing.
    """
    given = confirmation
    if given is None:
        output.must_be_answerable(
            f"{what} is destroyed only with a confirmation.", f"--confirm {name}"
        )
        check()
        given = output.ask_confirmation(name, what)
    if given != name:
        raise ConfirmationMismatch(given, name)
