"""The docs say what is so: every command is documented, every link and path leads somewhere."""

from __future__ import annotations

import re
import subprocess
import sysconfig
from pathlib import Path

import pytest
from typed_pages import blocks

from herogate.cli import registry
from herogate.engine import prices, sizes
from herogate.models import Architecture

ROOT = Path(__file__).parents[1]
SCRIPTS = Path(sysconfig.get_path("scripts"))
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]

each_page = pytest.mark.parametrize(
    "page", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES]
)

_REFUSED = re.compile(r"(?m)^\$ herogate .*\n--stdout--\n(?:(?!--rc=).*\n)*--rc=127--$")
"""A run written down of what is no command."""

TYPED = {
    "README.md": "tests/e2e/test_terminal.py",
    "docs/local-cloud.md": "tests/e2e/test_docs.py",
    "docs/migrating-from-heroku.md": "tests/e2e/test_docs.py",
    "docs/operations.md": "tests/e2e/test_docs.py",
    "docs/schedules.md": "tests/e2e/test_docs.py",
    "docs/tutorial.md": "tests/e2e/test_docs.py",
}
"""The pages whose commands a test types, and which test does."""

REPLAYED = {
    "docs/heroku-differences.md": "tests/cli/test_transcripts.py",
    "docs/reference.md": "tests/cli/test_command_line.py",
}
"""The pages whose commands stand among other text, and which test reads them."""

NOT_TYPED = {
    ("README.md", "make demo"): "tests/e2e/test_demo.py runs the script behind it",
    (
        "docs/operations.md",
        "herogate domains:add shop.example.org --cert 3f9a1c2e-0000-4000-8000-0123456789ab",
    ): "the certificate is somebody's own; tests/cli/test_domains.py has one",
    ("docs/tutorial.md", "python3 -m venv .venv"): "whoever runs the tests has done it",
}
"""The commands that no test types, by the first of their block, and why."""

ARCHITECTURES = (Architecture.ARM64, Architecture.X86_64)
ADDRESS = 0.005 * prices.HOURS_OF_A_MONTH
"""What a public address costs a month, in US dollars."""


def anchors(page: Path) -> set[str]:
    """The anchors a page's headings give."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {
        re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in headings
    }


def make_targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


@each_page
def test_every_relative_link_leads_to_a_page_and_a_heading(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#\s]*)#?([^)\s]*)\)", page.read_text())
    targets = [(page.parent / path if path else page, anchor) for path, anchor in links]
    dead = [
        f"{target}#{anchor}"
        for target, anchor in targets
        if not target.exists() or (anchor and anchor not in anchors(target))
    ]
    assert dead == []


@each_page
def test_every_file_named_is_there(page: Path) -> None:
    named = re.findall(
        r"`((?:herogate|stacks|buildspecs|tests|docs)/[\w./-]*|\.ci/\w+|Makefile|\w+\.(?:toml|md))`",
        page.read_text(),
    )
    assert [path for path in named if not (ROOT / path).exists()] == []


@each_page
def test_every_make_target_named_is_in_the_makefile(page: Path) -> None:
    named = set(re.findall(r"(?:`|^)make ([a-z-]+)", page.read_text(), re.MULTILINE))
    assert named <= make_targets()


@each_page
def test_no_page_names_a_path_of_somebodys_machine(page: Path) -> None:
    text = page.read_text()
    assert re.findall(r"/(?:home|root|Users|private|var)/\w+", text) == []
    assert str(ROOT) not in text
    assert str(Path.home()) + "/" not in text


@each_page
def test_every_block_of_commands_is_typed_by_a_test(page: Path) -> None:
    name = str(page.relative_to(ROOT))
    for block in blocks(name):
        first = block.text.partition("\n")[0]
        if block.language == "console":
            assert name in TYPED, f"which test types {first!r}?"
        elif block.language == "sh":
            assert (name, first) in NOT_TYPED, f"why does no test type {first!r}?"
        elif re.search(r"^ *\$ ", block.text, re.MULTILINE):
            assert name in REPLAYED, f"which test reads {first!r}?"


def test_every_reason_not_to_type_a_block_is_about_one_that_is_there() -> None:
    pages = {page for page, _ in NOT_TYPED}
    there = {(page, each.text.partition("\n")[0]) for page in pages for each in blocks(page, "sh")}
    assert set(NOT_TYPED) - there == set()


def test_the_tests_of_pages_are_there() -> None:
    assert [test for test in {**TYPED, **REPLAYED}.values() if not (ROOT / test).exists()] == []


def test_the_prices_in_the_readme_are_those_of_the_sizes() -> None:
    told = re.findall(
        r"^\| (\S+) \| .* \| .* \| \$(\d+) \| \$(\d+) \|$",
        (ROOT / "README.md").read_text(),
        re.MULTILINE,
    )
    assert told == [
        (str(size), *(f"{prices.monthly(size, each, 1) + ADDRESS:.0f}" for each in ARCHITECTURES))
        for size in sizes.CAPACITIES
    ]


def test_every_command_is_in_the_reference() -> None:
    headings = re.findall(r"^## (.+)$", (ROOT / "docs/reference.md").read_text(), re.MULTILINE)
    assert headings == list(registry.names())


@pytest.mark.parametrize(
    "page", [*PAGES, *(ROOT / "docs").glob("demo*.sh")], ids=lambda page: page.name
)
def test_every_command_shown_is_a_command(page: Path) -> None:
    text = _REFUSED.sub("", page.read_text())
    shown = re.findall(
        r"(?:`|^|[$\"] ?\(?)herogate ([a-z][a-z:]*)(?: ([a-z]+))?", text, re.MULTILINE
    )
    names = {registry.joined(first, second) or first for first, second in shown}
    assert {name for name in names if registry.load(name) is None} == set()


@pytest.mark.parametrize("page", ["docs/reference.md", "docs/permissions.md"])
def test_a_generated_page_is_of_today(page: str) -> None:
    verdict = subprocess.run(
        [SCRIPTS / "cog", "-P", "--check", page],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert verdict.returncode == 0, verdict.stdout + verdict.stderr
