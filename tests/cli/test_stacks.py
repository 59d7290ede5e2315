"""`stacks:export`: the templates of an app or a space, said or written to files."""

# ruff: noqa: RUF001 - the bar of Heroku's errors

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import Said
from shops import NAME, REGION, Shop

pytestmark = pytest.mark.e2e


def test_templates_are_written_to_files_or_said(shop: Shop, tmp_path: Path) -> None:
    said = shop.herogate("stacks:export", NAME).out
    assert said.startswith(f"---\n# herogate-app--{NAME}\nDescription: Herogate app {NAME}")
    kept = tmp_path / "kept"
    written = shop.herogate("stacks:export", "--space", "default", "--directory", str(kept))
    file = kept / "herogate-space--default.yaml"
    assert written == Said(out=f"{file}\n", err="", code=0)
    assert "AWS::EC2::VPC" in file.read_text()


def test_what_is_not_there_or_not_named_is_refused(shop: Shop) -> None:
    for name in ("nobody", "longer-than-of-a-space"):
        unknown = shop.herogate("stacks:export", name)
        assert (unknown.code, unknown.err.splitlines()[0]) == (
            2,
            f" ›   Error: There is no app and no space {name} in {REGION}.",
        )
    unnamed = shop.herogate("stacks:export")
    assert (unnamed.code, unnamed.err.splitlines()[0]) == (
        2,
        " ›   Error: One app or one space is to be named.",
    )
