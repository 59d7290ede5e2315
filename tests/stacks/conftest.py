"""Whole templates, held against files: `pytest tests/stacks --update-golden` writes them anew."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

GOLDEN = Path(__file__).parent / "golden"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        default=False,
        help="write the golden templates anew instead of comparing with them",
    )


@pytest.fixture
def matches_golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Hold a text against the golden file of a name, or write that file."""
    update = request.config.getoption("update_golden", default=False)

    def hold(name: str, text: str) -> None:
        path = GOLDEN / f"{name}.yaml"
        if update:
            path.write_text(text, encoding="utf-8")
        assert path.exists(), f"There is no {path.name} yet: pytest tests/stacks --update-golden"
        assert text == path.read_text(encoding="utf-8")

    return hold
