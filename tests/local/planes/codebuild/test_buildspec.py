"""Buildspecs as they are read: what they mean, and what is refused in which words."""

from __future__ import annotations

import pytest

import buildspecs
from herogate.local.planes.codebuild.buildspec import (
    Buildspec,
    Files,
    OnFailure,
    Phase,
    PhaseName,
    Shell,
    parse,
)
from herogate.local.planes.codebuild.failures import PhaseFailure

EVERYTHING = """
version: 0.2
run-as: root
env:
  shell: bash
  variables:
    PLAIN: text
    NUMBER: 010
    TRUTH: yes
    EMPTY:
  parameter-store:
    PARAMETER: /a/b
  secrets-manager:
    SECRET: name:key
  exported-variables:
    - PLAIN
  git-credential-helper: yes
batch:
  fast-fail: false
phases:
  install:
    on-failure: ABORT
    runtime-versions:
      python: 3.10
      nodejs: 20
    commands:
      - one
      - |
        several
        lines
    finally:
      - always
  build:
    on-failure: CONTINUE
    commands:
      - true
artifacts:
  files:
    - '**/*'
    - a b.txt
  name: made-$(date +%F)
  base-directory: out
  discard-paths: no
  exclude-paths: ['**/*.log']
  enable-symlinks: yes
  secondary-artifacts:
    second:
      files: one.txt
      discard-paths: yes
cache:
  paths:
    - '/root/.cache/**/*'
"""


def test_everything_a_buildspec_may_say_is_read() -> None:
    assert parse(EVERYTHING) == Buildspec(
        one_shell=True,
        shell=Shell.BASH,
        phases={
            PhaseName.INSTALL: Phase(
                commands=("one", "several\nlines\n"),
                cleanup=("always",),
                on_failure=OnFailure.ABORT,
            ),
            PhaseName.PRE_BUILD: Phase(),
            PhaseName.BUILD: Phase(commands=("true",), on_failure=OnFailure.CONTINUE),
            PhaseName.POST_BUILD: Phase(),
        },
        variables={"PLAIN": "text", "NUMBER": "010", "TRUTH": "yes", "EMPTY": ""},
        parameter_store={"PARAMETER": "/a/b"},
        secrets_manager={"SECRET": "name:key"},
        exported_variables=("PLAIN",),
        git_credential_helper=True,
        runtimes={"python": "3.10", "nodejs": "20"},
        artifacts=Files(
            files=("**/*", "a b.txt"),
            name="made-$(date +%F)",
            base_directory="out",
            exclude_paths=("**/*.log",),
            enable_symlinks=True,
        ),
        secondary_artifacts={"second": Files(files=("one.txt",), discard_paths=True)},
        cache_paths=("/root/.cache/**/*",),
    )


def test_commands_are_run_by_sh_unless_told_otherwise_and_alone_in_version_0_1() -> None:
    spec = parse("version: 0.1\nphases: {build: {commands: one}}")

    assert (spec.one_shell, spec.shell) == (False, Shell.SH)
    assert spec.phases[PhaseName.BUILD].commands == ("one",)


@pytest.mark.parametrize("name", ["dockerfile", "release"])
def test_herogates_own_buildspecs_are_read(name: str) -> None:
    assert parse(buildspecs.read(name)).phases[PhaseName.BUILD].commands


WORKING = "version: 0.2\nphases:\n  build:\n    commands: [a]\n"
REFUSALS = {
    "": "Invalid buildspec version: None. Expecting: 0.1 or 0.2",
    "- a": "Expected buildspec to be a mapping",
    "version: 1": "Invalid buildspec version: 1. Expecting: 0.1 or 0.2",
    "version: 0.2": "At least one phase with commands or artifacts is expected",
    "version: 0.2\nphases: @": "found character that cannot start any token at line 2",
    "a: b: c": "mapping values are not allowed in this context at line 1",
    "version: 0.2\nphases: {deploy: {commands: [a]}}": (
        "Invalid buildspec phase name: deploy. Expecting: INSTALL,PRE_BUILD,BUILD,POST_BUILD"
    ),
    "version: 0.2\nphases:\n  build:\n    commands:\n      - echo\n      - a: b\n": (
        "Expected Commands[1] to be of string type: found subkeys instead at line 6, value of the "
        "key tag on line 5 might be empty"
    ),
    "version: 0.2\nphases: {build: {commands: [[a]]}}": (
        "Expected Commands[0] to be of string type"
    ),
    "version: 0.2\nphases: {build: {commands: {a: b}}}": (
        "Expected commands to be a list at line 2"
    ),
    "version: 0.2\nphases: {build: {commands: [a], on-failure: STOP}}": (
        "Invalid on-failure: STOP. Expecting: ABORT,CONTINUE,RETRY"
    ),
    "version: 0.2\nphases: {build: {commands: [a], runtime-versions: {python: 3}}}": (
        "runtime-versions is only allowed in the install phase"
    ),
    WORKING + "env: {variables: {A-B: c}}": "Invalid environment variable name: A-B",
    WORKING + "env: {variables: {A: [c]}}": "Expected env/variables/A to be of string type",
    WORKING + "artifacts: {name: a}": ("artifacts/files is expected: at least one file or pattern"),
    WORKING + "artifacts: {files: [a], discard-paths: maybe}": (
        "Expected discard-paths to be yes or no"
    ),
    WORKING + "a: &a [*a]": "unknown anchor at line 5",
    WORKING + "? [a]\n: b": "a key must be text at line 5",
    WORKING + "a: \x00": "control characters are not allowed",
}


@pytest.mark.parametrize("text", REFUSALS)
def test_a_buildspec_that_cannot_be_followed_is_refused(text: str) -> None:
    with pytest.raises(PhaseFailure) as caught:
        parse(text)

    assert (caught.value.code, caught.value.message) == ("YAML_FILE_ERROR", REFUSALS[text])


UNKNOWN = {
    "reports: {a: {files: [b]}}": "reports",
    "proxy: {logs: yes}": "proxy",
    "run-as: app": "run-as: app",
    "env: {shell: powershell.exe}": "the shell powershell.exe",
    "env: {other: a}": "env/other",
    "artifacts: {files: [a], s3-prefix: b}": "artifacts/s3-prefix",
    "cache: {other: a}": "cache/other",
}


@pytest.mark.parametrize("text", UNKNOWN)
def test_what_the_local_cloud_does_not_do_is_refused_by_name(text: str) -> None:
    with pytest.raises(PhaseFailure) as caught:
        parse(WORKING + text)

    named = f"The local cloud does not support {UNKNOWN[text]} in a buildspec"
    assert (caught.value.code, caught.value.message) == ("YAML_FILE_ERROR", named)


def test_retries_and_steps_of_a_phase_are_refused_by_name() -> None:
    for key, named in {
        "on-failure: RETRY-2": "on-failure: RETRY",
        "steps: []": "steps in a phase",
    }.items():
        with pytest.raises(PhaseFailure, match=f"does not support {named} in a buildspec"):
            parse(f"version: 0.2\nphases: {{build: {{commands: [a], {key}}}}}")


BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{new}: &{new} [{', '.join([f'*{old}'] * 10)}]\n"
    for old, new in zip("abcdef", "bcdefg", strict=True)
)
HOSTILE = {
    "deep": ("version: " + "[" * 5000, "nests deeper than 20 levels"),
    "aliases": (BOMB, "more than 20000 values"),
    "large": ("#" * 1_048_577, "may not exceed 1048576 bytes"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_buildspec_out_of_bounds_is_refused_before_it_is_built(kind: str) -> None:
    text, message = HOSTILE[kind]
    with pytest.raises(PhaseFailure, match=message):
        parse(text)
