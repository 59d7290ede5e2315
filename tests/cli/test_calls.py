"""What a command asks of AWS, and imports to do so: as few as the docs say."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from shops import Shop

PAGE = Path(__file__).parents[2] / "docs/benchmarks.md"
ROW = re.compile(
    r"^\| `herogate (?P<command>[^`]+)` \| (?P<count>\d+) \| (?P<calls>[^|]*) \|$", re.MULTILINE
)
TOLD = {found["command"]: found for found in ROW.finditer(PAGE.read_text())}

UNDONE = {
    "maintenance:on": "maintenance:off",
    "domains:add www.example.com": "domains:remove www.example.com",
    "buildpacks:set heroku/python": "buildpacks:clear",
    "ps:scale worker=1": "ps:scale worker=0",
}
"""What changes the app, and what undoes it."""

CHAINS = [
    [command, *([UNDONE[command]] if command in UNDONE else [])]
    for command in TOLD
    if command not in UNDONE.values()
]

NEVER = {"aiohttp", "boto3", "cfnlint", "git", "moto", "s3transfer", "troposphere", "yaml"}
"""What none of these commands needs, even when AWS has answered."""

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


def said(shop: Shop, command: str) -> Any:
    """What a command asked and imported, run in the checkout."""
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM, *shlex.split(command)],
        cwd=shop.folder,
        env=shop.environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stderr.splitlines()[-1])


@pytest.mark.e2e
@pytest.mark.parametrize("commands", CHAINS, ids=", ".join)
def test_the_docs_tell_how_often_aws_is_called_and_nothing_is_imported_in_vain(
    shop: Shop, commands: Sequence[str]
) -> None:
    for command in commands:
        answer = said(shop, command)
        counted: Counter[str] = Counter(answer["calls"])
        calls = ", ".join(
            name if number == 1 else f"{name} x{number}" for name, number in sorted(counted.items())
        )
        assert (answer["code"], str(counted.total()), calls) == (
            0,
            TOLD[command]["count"],
            TOLD[command]["calls"],
        )
        assert set(answer["imported"]) & NEVER == set()


def test_what_undoes_a_change_is_told_too() -> None:
    assert set(UNDONE) | set(UNDONE.values()) <= set(TOLD)
