"""What a command asks of AWS, and imports to do so: as few as the docs say."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from shops import Shop

from herogate.cli import registry

PAGE = Path(__file__).parents[2] / "docs/benchmarks.md"
ROW = re.compile(
    r"^\| `herogate (?P<command>[^`]+)` \| (?P<count>\d+) \| (?P<calls>[^|]+) \|$", re.MULTILINE
)
TOLD = {found["command"]: found for found in ROW.finditer(PAGE.read_text())}

HEAVY = (
    "aiohttp",
    "boto3",
    "botocore",
    "cfnlint",
    "git",
    "moto",
    "s3transfer",
    "tabulate",
    "troposphere",
    "yaml",
)
"""What takes long to import."""

PROGRAM = """\
import json, sys
from botocore.httpsession import URLLib3Session

send, calls = URLLib3Session.send, []

def sent(self, request):
    target = request.headers.get("X-Amz-Target", b"").decode().rpartition(".")[2]
    body = request.body.decode() if isinstance(request.body, bytes) else request.body or ""
    action = body.partition("Action=")[2].partition("&")[0]
    calls.append(target or action or request.method + " " + request.url.split("/")[3].split("?")[0])
    return send(self, request)

URLLib3Session.send = sent
from herogate.cli import main
code = main()
imported = sorted({name.partition(".")[0] for name in sys.modules})
print(json.dumps({"code": code, "calls": calls, "imported": imported}), file=sys.stderr)
"""

LOADED = """\
import json, sys
from herogate.cli import main
main()
print(json.dumps(sorted(sys.modules)), file=sys.stderr)
"""

LOADING = """\
import json, sys
from herogate.cli import registry
for name in sys.argv[1:]:
    registry.load(name)
print(json.dumps(sorted(sys.modules)))
"""

TABLES = {"botocore", "tabulate"}
MAY_IMPORT = {
    "domains": TABLES,
    "ps:type": TABLES,
    "releases": TABLES,
    "builds": TABLES,
    "schedule": TABLES,
}
"""What those commands may import that need more than botocore."""


def heavy(imported: Iterable[str]) -> set[str]:
    """What of this takes long to import, or leads to AWS."""
    packages = {name.partition(".")[0] for name in imported} & set(HEAVY)
    return packages | {name for name in imported if name.startswith("herogate.aws.")}


def said(shop: Shop, program: str, *words: str) -> Any:
    """What a program says in its last line of talk, run in the checkout."""
    ended = subprocess.run(
        [sys.executable, "-c", program, *words],
        cwd=shop.folder,
        env=shop.environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stderr.splitlines()[-1])


@pytest.mark.e2e
@pytest.mark.parametrize("command", TOLD)
def test_the_docs_tell_how_often_aws_is_called_and_nothing_is_imported_in_vain(
    shop: Shop, command: str
) -> None:
    answer = said(shop, PROGRAM, *command.split())
    counted: Counter[str] = Counter(answer["calls"])
    calls = ", ".join(
        name if number == 1 else f"{name} x{number}" for name, number in sorted(counted.items())
    )
    assert (answer["code"], str(counted.total()), calls) == (
        0,
        TOLD[command]["count"],
        TOLD[command]["calls"],
    )
    assert heavy(answer["imported"]) <= MAY_IMPORT.get(command, {"botocore"})


def test_loading_a_command_loads_nothing_that_calls_aws() -> None:
    names = [name for name in registry.names() if not name.startswith("local")]
    loaded = subprocess.run(
        [sys.executable, "-c", LOADING, *names], capture_output=True, text=True, check=True
    )
    assert heavy(json.loads(loaded.stdout)) == set()


@pytest.mark.parametrize(
    "words", ["--version", "version", "help", "help ps", "ps --help", "autocomplete bash"]
)
def test_what_calls_nothing_loads_nothing(tmp_path: Path, words: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", LOADED, *words.split()],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    imported = json.loads(ended.stderr.splitlines()[-1])
    assert heavy(imported) == set()
    assert not [name for name in imported if name.startswith(("herogate.engine.", "stacks."))]
