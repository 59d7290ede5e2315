"""The buildspecs: valid, plain, and the release's safe from what the build handed over."""

from __future__ import annotations

import os
import stat
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml

import buildspecs

NAMES = ["dockerfile", "release"]


def parsed(name: str) -> dict[str, Any]:
    """A buildspec as CodeBuild understands it."""
    document = yaml.safe_load(buildspecs.read(name))
    assert isinstance(document, dict)
    return document


def commands(name: str) -> list[str]:
    """A buildspec's commands in their order."""
    phases = parsed(name)["phases"]
    return [
        command
        for phase in ("install", "pre_build", "build", "post_build")
        for command in phases.get(phase, {}).get("commands", [])
    ]


def test_an_unknown_buildspec_is_refused_with_a_list_of_those_there_are() -> None:
    with pytest.raises(LookupError) as refused:
        buildspecs.read("docker")
    assert (
        str(refused.value)
        == "There is no buildspec 'docker'; there are: buildpacks, dockerfile, release."
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_buildspec_is_of_the_version_in_which_commands_share_one_shell(name: str) -> None:
    document = parsed(name)
    assert document["version"] == 0.2
    assert document["env"] == {"shell": "bash"}
    assert set(document) <= {"version", "env", "phases", "artifacts", "cache"}


def test_only_what_runs_herogates_own_code_alone_keeps_anything_from_run_to_run() -> None:
    assert parsed("release")["cache"] == {"paths": ["/root/.herogate/**/*"]}
    assert "cache" not in parsed("dockerfile")
    assert "cache" not in parsed("buildpacks")


@pytest.mark.parametrize("name", NAMES)
def test_every_command_is_one_that_bash_can_read(name: str) -> None:
    for command in commands(name):
        subprocess.run(["bash", "-n", "-c", command], check=True)


@pytest.mark.parametrize(("name", "step"), [("dockerfile", "docker"), ("buildpacks", "buildpacks")])
def test_a_reader_sees_where_the_build_takes_its_cache_from(name: str, step: str) -> None:
    (build,) = [command for command in commands(name) if "herogate.builder" in command]
    assert f'"${{HEROGATE_BUILDER:-{step}}}" --cache-from "$cache"' in build
    assert 'cache="$HEROGATE_IMAGE_REPOSITORY:cache"' in commands(name)


SAYING_ITS_STEP = "import sys; print('herogate', *sys.argv[1:])"

AWS = """\
#!/bin/sh
[ "$1 $2" = "ecr get-login-password" ] && echo password && exit
[ "$1 $2 $3" = "s3 cp --only-show-errors" ] || exit 2
cp "{buckets}/${{4#s3://}}" "$5"
"""


@pytest.fixture
def machine(tmp_path: Path) -> dict[str, str]:
    """A build machine: a bucket that holds the package, and an `aws` that copies from it."""
    bucket, tools, home = tmp_path / "bucket", tmp_path / "tools", tmp_path / "home"
    for directory in (bucket / "package", tools, home):
        directory.mkdir(parents=True)
    with zipfile.ZipFile(bucket / "package" / "herogate.zip", "w") as package:
        package.writestr("herogate/__init__.py", "")
        package.writestr("herogate/builder.py", SAYING_ITS_STEP)
    aws = tools / "aws"
    aws.write_text(AWS.format(buckets=tmp_path))
    aws.chmod(aws.stat().st_mode | stat.S_IXUSR)
    return {
        "PATH": f"{tools}:{os.environ['PATH']}",
        "HOME": str(home),
        "TMPDIR": str(home),
        "HEROGATE_BUCKET": "bucket",
        "HEROGATE_PACKAGE_KEY": "package/herogate.zip",
    }


@pytest.mark.parametrize("step", ["release", "settle"])
def test_the_release_runs_herogates_package_whatever_the_build_handed_over(
    machine: dict[str, str], tmp_path: Path, step: str
) -> None:
    handed_over = tmp_path / "artifact"
    (handed_over / "herogate").mkdir(parents=True)
    for hostile in (
        "zipfile.py",
        "sitecustomize.py",
        "herogate/__init__.py",
        "herogate/builder.py",
    ):
        (handed_over / hostile).write_text("raise SystemExit('hostile')")
    ran = subprocess.run(
        ["bash", "-e", "-c", "\n".join(commands("release"))],
        cwd=handed_over,
        env={**machine, "HEROGATE_STEP": step},
        capture_output=True,
        text=True,
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, f"herogate {step}\n", "")


def test_submodules_are_fetched_or_the_build_fails(tmp_path: Path) -> None:
    """A directory that was pushed empty would only be missed when the app runs."""
    git = ("git", "-C", tmp_path, "-c", "user.name=a", "-c", "user.email=a@example.com")
    for words in (("init", "-q"), ("commit", "-q", "--allow-empty", "--message", "first")):
        subprocess.run([*git, *words], check=True)
    (tmp_path / ".gitmodules").write_text(f'[submodule "x"]\n\tpath = x\n\turl = {tmp_path}/no\n')
    (submodules, *_) = commands("dockerfile")
    there = subprocess.run(["bash", "-c", submodules], cwd=tmp_path, capture_output=True)
    entry = f"160000,{'1' * 40},x"
    subprocess.run([*git, "update-index", "--add", "--cacheinfo", entry], check=True)
    absent = subprocess.run(["bash", "-c", submodules], cwd=tmp_path, capture_output=True)
    assert (there.returncode, absent.returncode) == (0, 1)
    assert b"clone of " in absent.stderr
    assert subprocess.run(["bash", "-c", submodules], cwd=tmp_path.parent).returncode == 0


HOSTILE = ("zipfile.py", "json.py", "herogate/__init__.py", "herogate/builder.py")


CACHE = "--cache-from registry:1/shop:cache"


@pytest.mark.parametrize(
    ("name", "declared", "step"),
    [
        ("dockerfile", {}, "docker"),
        ("dockerfile", {"HEROGATE_BUILDER": "host-base"}, "host-base"),
        ("buildpacks", {}, "buildpacks"),
        ("buildpacks", {"HEROGATE_BUILDER": "host-base"}, "host-base"),
    ],
)
def test_herogates_builder_makes_the_image_whatever_modules_the_app_has(
    machine: dict[str, str], tmp_path: Path, name: str, declared: dict[str, str], step: str
) -> None:
    ran = build(machine, tmp_path, name, **declared)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, f"herogate {step} {CACHE}\n", "")


def test_a_builder_that_fails_fails_the_build(machine: dict[str, str], tmp_path: Path) -> None:
    ran = build(machine, tmp_path, "dockerfile", HEROGATE_BUCKET="elsewhere")
    assert (ran.returncode, ran.stdout) == (1, "")


def build(
    machine: dict[str, str], tmp_path: Path, name: str, **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run the build's commands, each only if those before have not failed, as CodeBuild does."""
    source = tmp_path / "source"
    (source / "herogate").mkdir(parents=True)
    for module in HOSTILE:
        (source / module).write_text("raise SystemExit('hostile')")
    return subprocess.run(
        ["bash", "-c", "\n".join(f"{{ {each}\n}} || exit 1" for each in commands(name))],
        cwd=source,
        env={
            **machine,
            "CODEBUILD_SRC_DIR": str(source),
            "CODEBUILD_BUILD_NUMBER": "7",
            "HEROGATE_COMMIT": "1a2b3c4d",
            "HEROGATE_IMAGE_REPOSITORY": "registry:1/shop",
            **variables,
        },
        capture_output=True,
        text=True,
    )
