"""`container:push` and `container:release` where there is no docker, and nothing to release.

What they do with a docker engine is told in `tests/e2e/test_docker_day.py`.
"""

# ruff: noqa: RUF001 - the bar of Heroku's errors

from __future__ import annotations

import pytest
from command_line import SCRIPTS, Said
from shops import NAME, Shop

pytestmark = pytest.mark.e2e


def test_without_docker_nothing_is_pushed(shop: Shop) -> None:
    said = shop.herogate("container:push", "--image", "made", "-a", NAME, PATH=str(SCRIPTS))
    assert said == Said(
        out="",
        err=" ›   Error: docker cannot be run: No such file or directory.\n"
        " ›\n"
        " ›   Install docker, or push with git.\n",
        code=1,
    )


@pytest.mark.parametrize(
    ("words", "error"),
    [
        ("container:push --arg LEVEL", "LEVEL is invalid. Must be in the format NAME=VALUE."),
        ("container:push worker", "Invalid value for 'TYPE': 'worker' is not 'web'."),
        ("container:release", f"No image was pushed to {NAME}."),
    ],
)
def test_what_cannot_be_pushed_or_released_is_refused(shop: Shop, words: str, error: str) -> None:
    said = shop.herogate(*words.split())
    assert (said.out, said.err.splitlines()[0], said.code) == ("", f" ›   Error: {error}", 2)
