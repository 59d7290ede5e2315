"""What a command asks of AWS, and imports to do so: as few as the docs say."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from shops import Shop

from herogate.cli import registry

PAGE = Path(__file__).parents[2] / "docs/benchmarks.md"
ROW = re.compile(
    r"^\| `herogate (?P<command>[^`]+)` \| (?P<count>\d+) \| (?P<calls>[^|]+) \|$", re.MULTILINE
)
TOLD = {found["command"]: found for found in ROW.finditer(PAGE.read_text())}

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
print(json.dumps({"code": code, "calls": calls}), file=sys.stderr)
"""

LOADED = """\
import json, sys
sys.argv = ["herogate", *sys.argv[1:]]
from herogate.cli import main
main()
mine = [name for name in sys.modules if name.startswith(("herogate.engine.", "herogate.aws."))]
heavy = {"boto3", "botocore", "git", "troposphere", "tabulate", "yaml", "moto", "cfnlint", "aiohttp"}
print(json.dumps(sorted(mine + [name for name in heavy if name in sys.modules])), file=sys.stderr)
"""

LOADING = """\
import json, sys
from herogate.cli import registry
for name in sys.argv[1:]:
    registry.load(name)
heavy = ("boto3", "botocore", "git", "troposphere", "tabulate", "yaml", "moto", "cfnlint", "aiohttp")
bad = [name for name in sys.modules if name.partition(".")[0] in heavy]
print(json.dumps(bad + [name for name in sys.modules if name.startswith("herogate.aws.")]))
"""

SITE = [
    "herogate.aws.at_once",
    "herogate.aws.cloudformation",
    "herogate.aws.dynamodb",
    "herogate.aws.dynamodb_values",
    "herogate.aws.failures",
    "herogate.aws.session",
    "herogate.aws.sts",
]


def said(shop: Shop, program: str, *words: str) -> object:
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
def test_the_docs_tell_how_often_aws_is_called(shop: Shop, command: str) -> None:
    answer = said(shop, PROGRAM, *command.split())
    assert isinstance(answer, dict)
    counted: Counter[str] = Counter(answer["calls"])
    calls = ", ".join(
        name if number == 1 else f"{name} x{number}" for name, number in sorted(counted.items())
    )
    assert (answer["code"], str(counted.total()), calls) == (
        0,
        TOLD[command]["count"],
        TOLD[command]["calls"],
    )


def test_loading_a_command_loads_nothing_that_calls_aws() -> None:
    names = [name for name in registry.names() if not name.startswith("local")]
    loaded = subprocess.run(
        [sys.executable, "-c", LOADING, *names], capture_output=True, text=True, check=True
    )
    assert json.loads(loaded.stdout) == []


@pytest.mark.parametrize(
    "words", ["--version", "version", "help", "ps --help", "autocomplete bash"]
)
def test_what_calls_nothing_loads_nothing(tmp_path: Path, words: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", LOADED, *words.split()],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(ended.stderr) == []
