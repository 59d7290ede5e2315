"""What is pushed may be anybody's: it makes an image, and moves nothing else of the account."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from deployed_apps import Checkout, checkout, page, plain_app
from local_cloud import LocalCloud
from regions import region_with_a_space, signed_in
from waiting import wait_until

pytestmark = pytest.mark.e2e

REGION = "us-east-2"

EVERYTHING = json.dumps(
    {
        "Resources": {
            "TaskRole": {
                "Type": "AWS::IAM::Role",
                "Properties": {
                    "AssumeRolePolicyDocument": {
                        "Statement": [
                            {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}
                        ]
                    },
                    "ManagedPolicyArns": ["arn:aws:iam::aws:policy/AdministratorAccess"],
                },
            }
        }
    }
)
"""A template that would give all away, under every name that some tool looks for."""

BUILDSPEC = """\
version: 0.2
phases:
  build:
    commands:
      - touch "$CODEBUILD_SRC_DIR/../hijacked"
      - exit 7
"""

BACKEND = f"""\
import base64, hashlib, os, pathlib, subprocess, zipfile

TEMPLATE = {EVERYTHING!r}
AWS = [
    ["iam", "put-role-policy", "--role-name", "herogate--{{app}}--task--{REGION}",
     "--policy-name", "all", "--policy-document", TEMPLATE],
    ["cloudformation", "update-stack", "--stack-name", "herogate-app--{{app}}",
     "--template-body", TEMPLATE],
    ["s3", "cp", "template.yaml", "s3://{{bucket}}/{{package}}"],
]


def hand_over_more():
    source = pathlib.Path(os.environ["CODEBUILD_SRC_DIR"])
    place = source / ".herogate"
    place.mkdir(exist_ok=True)
    for name in ("template.yaml", "buildspec.yml", "Procfile"):
        (place / name).write_text(TEMPLATE)
    (place / "large").write_bytes(os.urandom(50 << 20))
    (place / "link").symlink_to("/etc/passwd")
    for words in AWS:
        told = {{"app": os.environ["HEROGATE_APP"], "bucket": os.environ["HEROGATE_BUCKET"],
                 "package": os.environ["HEROGATE_PACKAGE_KEY"]}}
        plain = [word if word == TEMPLATE else word.format(**told) for word in words]
        subprocess.run(["aws", *plain], capture_output=True)


def build_wheel(directory, *_, **__):
    hand_over_more()
    name = "evil-1.0-py3-none-any.whl"
    files = {{
        "evil.py": b"",
        "evil-1.0.dist-info/METADATA": b"Metadata-Version: 2.1\\nName: evil\\nVersion: 1.0\\n",
        "evil-1.0.dist-info/WHEEL":
            b"Wheel-Version: 1.0\\nGenerator: evil\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
    }}
    record = "".join(f"{{path}},,\\n" for path in files) + "evil-1.0.dist-info/RECORD,,\\n"
    with zipfile.ZipFile(pathlib.Path(directory) / name, "w") as wheel:
        for path, content in files.items():
            wheel.writestr(path, content)
        wheel.writestr("evil-1.0.dist-info/RECORD", record)
    return name
"""

HOSTILE = {
    **plain_app("mine"),
    "requirements.txt": "--no-index\n./evil\n",
    "evil/pyproject.toml": '[build-system]\nrequires = []\nbuild-backend = "backend"\n'
    'backend-path = ["."]\n[project]\nname = "evil"\nversion = "1.0"\n',
    "evil/backend.py": BACKEND,
    "buildspec.yml": BUILDSPEC,
    "buildspecs/dockerfile.yml": BUILDSPEC,
    "template.yaml": EVERYTHING,
    "template.json": EVERYTHING,
    "herogate-app--victim.json": EVERYTHING,
    "build.json": json.dumps({"version": 1, "image_digest": "sha256:" + "0" * 64}),
    "herogate/__init__.py": "raise SystemExit('imported')\n",
    "stacks/__init__.py": "raise SystemExit('imported')\n",
    "sitecustomize.py": "",
    "app.json": json.dumps(
        {"env": {"HEROGATE_APP": "neighbour"}, "scripts": {"postdeploy": "touch ../hijacked"}}
    ),
    ".env": "HEROGATE_APP=neighbour\nAWS_ENDPOINT_URL=http://127.0.0.1:1\nLD_PRELOAD=/evil.so\n",
    ".aws/config": "[default]\ncredential_process = touch ../hijacked\n",
    ".gitattributes": "* filter=evil diff=evil merge=evil\n",
    ".gitmodules": '[submodule "x"]\n\tpath = x\n\turl = ext::sh -c "touch ../hijacked"\n',
    ".dockerignore": "!" + "*" * 100_000,
    "one-line": "x" * (5 << 20),
    "nothing": "\0" * 100_000,
    "$(touch hijacked)/`touch hijacked`": "",
    "..\\..\\etc\\evil": "",
    "-rf": "",
    "line\nbreak": "",
}


@pytest.fixture(scope="module")
def victim(tmp_path_factory: pytest.TempPathFactory, cloud: LocalCloud) -> Iterator[Checkout]:
    """An app that is live, with a neighbour."""
    with signed_in(cloud), region_with_a_space(cloud, REGION) as platform:
        made = platform.apps.create("victim").wait()
        platform.apps.create("neighbour").wait()
        environment = {**cloud.environment, "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
        work = checkout(tmp_path_factory.mktemp("victim") / "work", environment)
        work.git("remote", "add", "herogate", made.git_url)
        work.commit(plain_app("harmless"))
        first = work.push()
        assert first.code == 0, first.err
        yield work


def account(cloud: LocalCloud) -> dict[str, Any]:
    """Roles with their policies, stacks, projects, rules, and the package that all releases run."""
    return {
        "roles": _roles(cloud.client("iam")),
        "stacks": _stacks(cloud.client("cloudformation", region_name=REGION)),
        "projects": _projects(cloud.client("codebuild", region_name=REGION)),
        "rules": _rules(cloud.client("events", region_name=REGION)),
        "package": _packages(cloud.client("s3", region_name=REGION)),
    }


def _roles(iam: Any) -> dict[str, Any]:
    names = [
        role["RoleName"]
        for page_ in iam.get_paginator("list_roles").paginate()
        for role in page_["Roles"]
        if role["RoleName"].endswith(REGION)
    ]
    return {
        name: {
            "role": _plain(iam.get_role(RoleName=name)["Role"]),
            "attached": iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"],
            "inline": {
                policy: iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
                for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]
            },
        }
        for name in names
    }


def _stacks(cloudformation: Any) -> dict[str, Any]:
    """The formation's is the release's to make; no other stack may move."""
    return {
        stack["StackName"]: {
            "template": cloudformation.get_template(StackName=stack["StackId"])["TemplateBody"],
            "updated": str(stack.get("LastUpdatedTime")),
            "outputs": stack["Outputs"],
        }
        for stack in cloudformation.describe_stacks()["Stacks"]
        if "--victim" not in stack["StackName"] or "app--" in stack["StackName"]
    }


def _projects(codebuild: Any) -> list[Any]:
    names = sorted(codebuild.list_projects()["projects"])
    return [_plain(each) for each in codebuild.batch_get_projects(names=names)["projects"]]


def _rules(events: Any) -> list[Any]:
    return [
        {**rule, "targets": events.list_targets_by_rule(Rule=rule["Name"])["Targets"]}
        for rule in events.list_rules()["Rules"]
    ]


def _packages(s3: Any) -> list[tuple[str, str]]:
    bucket = f"herogate--default--123456789012--{REGION}"
    found = s3.list_objects_v2(Bucket=bucket, Prefix="package/")["Contents"]
    return [(item["Key"], item["ETag"]) for item in found]


def _plain(document: Any) -> Any:
    """A description without what only looking at it changes."""
    text = json.dumps(document, default=str, sort_keys=True)
    return {key: value for key, value in json.loads(text).items() if key != "RoleLastUsed"}


def test_a_hostile_push_changes_nothing_but_the_image(cloud: LocalCloud, victim: Checkout) -> None:
    before = account(cloud)
    (victim.path / "secrets").symlink_to("/etc/passwd")
    (victim.path / "up").symlink_to("../../../../..")
    victim.commit(HOSTILE)
    pushed = victim.push()

    assert pushed.code == 0, pushed.err
    url = next(
        word for line in pushed.err.splitlines() for word in line.split() if word.startswith("http")
    )
    wait_until(lambda: page(url) == "mine")
    assert account(cloud) == before
    assert not list(victim.path.parent.rglob("hijacked"))


@pytest.mark.parametrize(
    ("procfile", "reason"),
    [
        pytest.param(
            "".join(f"type{number}: python web.py\n" for number in range(10_000)),
            "The Procfile is larger than",
            id="ten thousand lines",
        ),
        pytest.param(
            "../../etc/evil: python web.py\n",
            "'../../etc/evil' cannot be a process type",
            id="a path for a name",
        ),
        pytest.param(
            Path("/etc/passwd"), "The Procfile is no file of the repository.", id="a link out"
        ),
    ],
)
def test_a_procfile_that_cannot_be_is_refused_in_a_line(
    cloud: LocalCloud, victim: Checkout, procfile: str | Path, reason: str
) -> None:
    before = account(cloud)
    file = victim.path / "Procfile"
    file.unlink(missing_ok=True)
    if isinstance(procfile, Path):
        file.symlink_to(procfile)
    else:
        file.write_text(procfile)
    victim.commit({name: text for name, text in plain_app("no").items() if name != "Procfile"})
    pushed = victim.push()

    assert pushed.code == 1
    assert any(line.startswith(f"remote:  !     {reason}") for line in pushed.err.splitlines())
    assert "Traceback" not in pushed.err
    assert account(cloud) == before
