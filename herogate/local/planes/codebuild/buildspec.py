"""What a build is to do: a buildspec's meaning. Pure; nothing is looked up or run.

What CodeBuild refuses is refused in its words; what it takes and the local cloud does not is refused
by name. `Buildspec` is what is left.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from herogate.local.planes.codebuild.failures import PhaseFailure, yaml_file_error
from herogate.local.planes.codebuild.notation import Section, read

_KEYS: Final = {"version", "run-as", "env", "phases", "artifacts", "cache"}
_PHASE_KEYS: Final = {"commands", "finally", "on-failure", "run-as", "runtime-versions", "steps"}
_ENV_KEYS: Final = {
    "variables",
    "parameter-store",
    "secrets-manager",
    "exported-variables",
    "shell",
    "git-credential-helper",
}
_FILES_KEYS: Final = {
    "files",
    "name",
    "base-directory",
    "discard-paths",
    "exclude-paths",
    "enable-symlinks",
}
_CACHE_KEYS: Final = {"paths", "key", "fallback-keys", "action"}  # but for paths, of a cache in S3
_TRUTH: Final = {"yes": True, "true": True, "on": True, "no": False, "false": False, "off": False}
_VARIABLE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)


class PhaseName(StrEnum):
    """The phases in which a buildspec has commands, in their order."""

    INSTALL = "install"
    PRE_BUILD = "pre_build"
    BUILD = "build"
    POST_BUILD = "post_build"


class OnFailure(StrEnum):
    """What a buildspec wants after a phase that failed."""

    ABORT = "ABORT"
    CONTINUE = "CONTINUE"


class Shell(StrEnum):
    """What runs the commands."""

    SH = "sh"
    BASH = "bash"


@dataclass(frozen=True, kw_only=True)
class Phase:
    """One phase's commands.

    Attributes:
        cleanup: the commands under ``finally``, run whatever became of the others.
        on_failure: None leaves it to CodeBuild's own order of phases.
    """

    commands: tuple[str, ...] = ()
    cleanup: tuple[str, ...] = ()
    on_failure: OnFailure | None = None


@dataclass(frozen=True, kw_only=True)
class Files:
    """Which files make an artifact; paths and `name` may hold shell variables."""

    files: tuple[str, ...]
    name: str | None = None
    base_directory: str | None = None
    exclude_paths: tuple[str, ...] = ()
    discard_paths: bool = False
    enable_symlinks: bool = False


@dataclass(frozen=True, kw_only=True)
class Buildspec:
    """What a build is to do.

    Attributes:
        one_shell: whether all commands share a shell (version 0.2); else each has its own (0.1).
        parameter_store: SSM parameters' names by variable.
        secrets_manager: references (``id:json-key:stage:version``) by variable.
        runtimes: versions asked for, by language.
    """

    one_shell: bool
    phases: Mapping[PhaseName, Phase]
    shell: Shell = Shell.SH
    variables: Mapping[str, str] = field(default_factory=dict)
    parameter_store: Mapping[str, str] = field(default_factory=dict)
    secrets_manager: Mapping[str, str] = field(default_factory=dict)
    exported_variables: tuple[str, ...] = ()
    git_credential_helper: bool = False
    runtimes: Mapping[str, str] = field(default_factory=dict)
    artifacts: Files | None = None
    secondary_artifacts: Mapping[str, Files] = field(default_factory=dict)
    cache_paths: tuple[str, ...] = ()


def parse(text: str) -> Buildspec:
    """Read a buildspec.

    Raises:
        PhaseFailure: ``YAML_FILE_ERROR``; the message says what is wrong and where it stands.
    """
    root = _section(read(text), "buildspec")
    _only(root, _KEYS, "")
    version = root.get("version")
    if version not in ("0.1", "0.2"):
        raise yaml_file_error(f"Invalid buildspec version: {version}. Expecting: 0.1 or 0.2")
    _check_user(root)
    cache = _section(root.get("cache"), "cache")
    _only(cache, _CACHE_KEYS, "cache/")
    phases, runtimes = _phases(_section(root.get("phases"), "phases"))
    primary, secondary = _artifacts(_section(root.get("artifacts"), "artifacts"))
    if not any(phase.commands for phase in phases.values()) and primary is None and not secondary:
        raise yaml_file_error("At least one phase with commands or artifacts is expected")
    return Buildspec(
        one_shell=version == "0.2",
        phases=phases,
        runtimes=runtimes,
        artifacts=primary,
        secondary_artifacts=secondary,
        cache_paths=tuple(_texts(cache.get("paths"), "cache/paths")),
        **_environment(_section(root.get("env"), "env")),
    )


def _environment(env: Section) -> dict[str, Any]:
    _only(env, _ENV_KEYS, "env/")
    shell = env.get("shell") or Shell.SH
    if shell not in set(Shell):
        raise _unsupported(f"the shell {shell}")
    exported = tuple(_texts(env.get("exported-variables"), "exported-variables"))
    named = [*exported]
    sources = {}
    for key in ("variables", "parameter-store", "secrets-manager"):
        sources[key] = _mapping(env.get(key), f"env/{key}")
        named += sources[key]
    for name in named:
        if not _VARIABLE.fullmatch(name):
            raise yaml_file_error(f"Invalid environment variable name: {name}")
    return {
        "shell": Shell(shell),
        "variables": sources["variables"],
        "parameter_store": sources["parameter-store"],
        "secrets_manager": sources["secrets-manager"],
        "exported_variables": exported,
        "git_credential_helper": _truth(env, "git-credential-helper"),
    }


def _phases(sections: Section) -> tuple[dict[PhaseName, Phase], dict[str, str]]:
    known = [str(name) for name in PhaseName]
    phases, runtimes = {}, {}
    for name, value in sections.items():
        if name not in known:
            expected = ",".join(known).upper()
            raise yaml_file_error(f"Invalid buildspec phase name: {name}. Expecting: {expected}")
        section = _section(value, name)
        _only(section, _PHASE_KEYS, f"phases/{name}/")
        _check_user(section)
        if "steps" in section:
            raise _unsupported("steps in a phase")
        asked = _mapping(section.get("runtime-versions"), "runtime-versions")
        if asked and name != PhaseName.INSTALL:
            raise yaml_file_error("runtime-versions is only allowed in the install phase")
        runtimes.update(asked)
        phases[PhaseName(name)] = Phase(
            commands=_commands(section.get("commands")),
            cleanup=_commands(section.get("finally")),
            on_failure=_on_failure(section.get("on-failure")),
        )
    return {name: phases.get(name, Phase()) for name in PhaseName}, runtimes


def _commands(value: Any) -> tuple[str, ...]:
    items = [value] if isinstance(value, str) else value or []
    if not isinstance(items, list):
        raise yaml_file_error(f"Expected commands to be a list{_where(items)}")
    for number, item in enumerate(items):
        if isinstance(item, Section):
            raise yaml_file_error(
                f"Expected Commands[{number}] to be of string type: found subkeys instead at line "
                f"{item.line}, value of the key tag on line {item.line - 1} might be empty"
            )
        if isinstance(item, list):
            raise yaml_file_error(f"Expected Commands[{number}] to be of string type")
    return tuple(item for item in items if item)


def _on_failure(value: Any) -> OnFailure | None:
    if value is None:
        return None
    if isinstance(value, str) and value.startswith("RETRY"):
        raise _unsupported("on-failure: RETRY")
    if value not in set(OnFailure):
        raise yaml_file_error(f"Invalid on-failure: {value}. Expecting: ABORT,CONTINUE,RETRY")
    return OnFailure(value)


def _artifacts(section: Section) -> tuple[Files | None, dict[str, Files]]:
    declared = _section(section.get("secondary-artifacts"), "secondary-artifacts")
    secondary = {
        identifier: _files(_section(value, identifier), f"secondary-artifacts/{identifier}/")
        for identifier, value in declared.items()
    }
    own = Section(section.line)
    own.update((key, value) for key, value in section.items() if key != "secondary-artifacts")
    return (_files(own, "artifacts/") if own else None), secondary


def _files(section: Section, path: str) -> Files:
    _only(section, _FILES_KEYS, path)
    files = tuple(_texts(section.get("files"), f"{path}files"))
    if not files:
        raise yaml_file_error(f"{path}files is expected: at least one file or pattern")
    return Files(
        files=files,
        name=_text(section.get("name"), f"{path}name"),
        base_directory=_text(section.get("base-directory"), f"{path}base-directory"),
        exclude_paths=tuple(_texts(section.get("exclude-paths"), f"{path}exclude-paths")),
        discard_paths=_truth(section, "discard-paths"),
        enable_symlinks=_truth(section, "enable-symlinks"),
    )


def _check_user(section: Section) -> None:
    user = section.get("run-as")
    if user not in (None, "root"):
        raise _unsupported(f"run-as: {user}")


def _section(value: Any, name: str) -> Section:
    if value is None:
        return Section(0)
    if not isinstance(value, Section):
        raise yaml_file_error(f"Expected {name} to be a mapping")
    return value


def _mapping(value: Any, name: str) -> dict[str, str]:
    members = _section(value, name)
    for key, member in members.items():
        if isinstance(member, (Section, list)):
            raise yaml_file_error(f"Expected {name}/{key} to be of string type{_where(member)}")
    return {key: member or "" for key, member in members.items()}


def _texts(value: Any, name: str) -> Iterable[str]:
    items = [value] if isinstance(value, str) else value or []
    if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
        raise yaml_file_error(f"Expected {name} to be a list of strings{_where(items)}")
    return items


def _text(value: Any, name: str) -> str | None:
    if value is not None and not isinstance(value, str):
        raise yaml_file_error(f"Expected {name} to be of string type{_where(value)}")
    return value


def _truth(section: Section, key: str) -> bool:
    value = section.get(key)
    if value is None:
        return False
    known = _TRUTH.get(value.lower()) if isinstance(value, str) else None
    if known is None:
        raise yaml_file_error(f"Expected {key} to be yes or no")
    return known


def _only(section: Section, known: set[str], path: str) -> None:
    for key in section:
        if key not in known and (path or key != "batch"):  # which a plain build passes over
            raise _unsupported(f"{path}{key}")


def _where(value: Any) -> str:
    return f" at line {value.line}" if isinstance(value, Section) else ""


def _unsupported(what: str) -> PhaseFailure:
    return yaml_file_error(f"The local cloud does not support {what} in a buildspec")
