"""Arguments that are the number of something: ``12`` or ``v12``."""

from __future__ import annotations

from collections.abc import Callable

import click


def number_of(noun: str, mark: str) -> Callable[[str], int]:
    """Reads a number from 1 on, before which its usual mark (``v``) may stand."""

    def read(text: str) -> int:
        digits = text.removeprefix(mark)
        if not digits.isdecimal() or not digits.isascii() or int(digits) < 1:
            raise click.BadParameter(f"{text!r} is not the number of a {noun}.")
        return int(digits)

    return read
