"""Numbers as people write them."""

from __future__ import annotations

import click
import pytest

from herogate.cli.numbers import number_of


@pytest.mark.parametrize(("text", "number"), [("12", 12), ("v12", 12), ("v1", 1)])
def test_a_number_may_have_its_mark(text: str, number: int) -> None:
    assert number_of("release", "v")(text) == number


@pytest.mark.parametrize("text", ["", "v", "0", "v0", "-1", "1.5", "vv1", "x", "１２", "²"])  # noqa: RUF001
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(click.BadParameter) as refused:
        number_of("release", "v")(text)
    assert refused.value.message == f"{text!r} is not the number of a release."
