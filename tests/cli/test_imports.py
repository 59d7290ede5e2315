"""What a command imports until it first calls AWS: what it needs, and nothing else that takes long."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from herogate.cli import registry

IMPORTS = (
    ("", "autocomplete autocomplete:script autocomplete:words help version"),
    ("", "local:env local:logs local:status local:stop"),
    ("aws", "auth:whoami spaces:destroy"),
    ("aws git", "git:remote"),
    ("aws tabulate", "regions"),
    ("aws apps spaces", "apps apps:destroy apps:info apps:open apps:update git:clone"),
    ("aws apps spaces git", "apps:create"),
    ("aws spaces", "spaces spaces:info"),
    ("aws spaces troposphere yaml", "spaces:create"),
    ("aws apps spaces", "spaces:update"),
    ("aws spaces templates yaml", "stacks:export"),
    ("aws buildpacks", "buildpacks buildpacks:clear buildpacks:set"),
    ("aws builds", "builds builds:info builds:output"),
    (
        "aws domains",
        "domains domains:add domains:clear domains:info domains:remove domains:update domains:wait",
    ),
    (
        "aws domains",
        "certs certs:auto certs:auto:disable certs:auto:enable certs:auto:refresh",
    ),
    (
        "aws config_vars rollouts",
        "config config:edit config:get config:set config:unset",
    ),
    ("aws containers rollouts", "container:push container:release"),
    ("aws logs processes releases", "logs"),
    ("aws maintenance", "maintenance maintenance:off maintenance:on"),
    ("aws processes", "ps"),
    ("aws formations rollouts", "ps:options ps:scale ps:type"),
    ("aws processes restarts rollouts", "ps:restart ps:stop"),
    ("aws rollouts", "releases:retry"),
    ("aws releases", "ps:wait releases releases:info releases:output releases:rollback"),
    ("aws one_offs", "run run:detached"),
    (
        "aws rollouts schedules zoneinfo",
        "schedule schedule:add schedule:remove schedule:run",
    ),
)
"""What is imported, and by which commands: packages, `aws` for botocore with the gateways, and the nouns
of the engine, as `Platform` has them."""

NOT_RUN = {"local:start"}
"""It has no call to AWS before which it would stop."""

PACKAGES = (
    "aiohttp",
    "boto3",
    "cfnlint",
    "cloudpickle",
    "cryptography",
    "git",
    "moto",
    "s3transfer",
    "tabulate",
    "troposphere",
    "yaml",
    "zoneinfo",
)
"""What takes long to import; botocore apart, which comes with the gateways."""

PROGRAM = """\
import json, os, shlex, socket, sys
from functools import cached_property
import botocore.session
from herogate.cli import help, main, registry

class Called(BaseException):
    pass

def connect(*_):
    raise Called

socket.socket.connect = connect
packages, told = sys.argv[1].split(","), {}
for name in sys.argv[2:]:
    reading, writing = os.pipe()
    if not os.fork():
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in range(3):
            os.dup2(nowhere, stream)
        sys.argv[1:] = shlex.split(registry.load(name).examples[0])
        try:
            main()
        except Called:
            pass
        found = [each for each in packages if each in sys.modules]
        found += ["aws"] if "herogate.aws" in sys.modules else []
        if platform := sys.modules.get("herogate.engine.platform"):
            nouns = [n for n, v in vars(platform.Platform).items() if isinstance(v, cached_property)]
            found += [noun for noun in nouns if f"herogate.engine.{noun}" in sys.modules]
        os.write(writing, " ".join(sorted(found)).encode())
        os._exit(0)
    os.close(writing)
    with open(reading) as answer:
        told[name] = answer.read()
    os.wait()
print(json.dumps(told))
"""
"""Runs each command's first example in a process of its own that has all they share already."""

LOADING = """\
import json, sys
from herogate.cli import registry
for name in sys.argv[1:]:
    registry.load(name)
print(json.dumps(sorted(sys.modules)))
"""

SAYING = """\
import json, sys
from herogate.cli import main
for words in json.loads(sys.argv[1]):
    sys.argv[1:] = words.split()
    main()
print(json.dumps(sorted(sys.modules)), file=sys.stderr)
"""


def heavy(imported: Iterable[str]) -> list[str]:
    """What of this takes long to import, or leads to AWS."""
    return [
        name
        for name in imported
        if name in {*PACKAGES, "botocore"} or name.startswith("herogate.aws.")
    ]


def test_a_command_imports_what_it_needs_before_it_first_calls_aws(tmp_path: Path) -> None:
    commands = [name for name in registry.names() if name not in NOT_RUN]
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM, ",".join(PACKAGES), *commands],
        cwd=tmp_path,
        env={
            "HOME": str(tmp_path),
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_REGION": "eu-west-1",
            "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
            "HEROGATE_APP": "my-shop",
            "EDITOR": "true",
        },
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 0, ended.stderr
    told = {
        name: " ".join(sorted(what.split())) for what, names in IMPORTS for name in names.split()
    }
    assert json.loads(ended.stdout) == told


def test_loading_a_command_loads_nothing_that_calls_aws() -> None:
    names = [name for name in registry.names() if not name.startswith("local")]
    loaded = subprocess.run(
        [sys.executable, "-c", LOADING, *names], capture_output=True, text=True, check=True
    )
    assert heavy(json.loads(loaded.stdout)) == []


@pytest.mark.parametrize(
    "words", [["--version", "version"], ["help", "help ps", "ps --help"], ["autocomplete bash"]]
)
def test_what_calls_nothing_loads_nothing(tmp_path: Path, words: list[str]) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", SAYING, json.dumps(words)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    imported = json.loads(ended.stderr.splitlines()[-1])
    assert heavy(imported) == []
    assert not [name for name in imported if name.startswith(("herogate.engine.", "stacks."))]
