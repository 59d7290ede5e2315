"""What a task definition and its overrides come to: the containers of one task. Pure.

What Fargate has and the local cloud has not is refused by name, never left out in silence.
"""

from __future__ import annotations

import platform
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from herogate.local.runtimes.confinement import Confinement, confinement
from herogate.local.runtimes.health import HealthCheck

Definition = Mapping[str, Any]
"""A container definition or a task definition in the API's shape."""

STOP_SECONDS = 30
"""Fargate's time between the request to end and the end by force."""

START_SECONDS = 180
"""How long a container waits for those that it depends on."""


class NotSupported(Exception):
    """The task definition asks for what the local cloud does not have; the message names it."""


class Condition(StrEnum):
    """What a container waits for at another one."""

    START = "START"
    COMPLETE = "COMPLETE"
    SUCCESS = "SUCCESS"
    HEALTHY = "HEALTHY"


@dataclass(frozen=True, kw_only=True)
class LogDestination:
    """Where a container's output goes.

    Attributes:
        create_group: the log group is made if it is not there.
    """

    region: str
    group: str
    stream: str
    create_group: bool = False


@dataclass(frozen=True, kw_only=True)
class ContainerPlan:
    """One container of a task, as it is to be run.

    Attributes:
        entry_point, command: None where the image's own are wanted.
        secrets: where the values are (``valueFrom``), by the variable's name.
        log: None: its output is kept nowhere.
        dependencies: what it waits for, by the other container's name.
        stop_seconds: between the request to end and the end by force.
        start_seconds: how long it waits for its dependencies.
        confinement: what it may have of the machine, where the runtime confines.
    """

    name: str
    image: str
    is_essential: bool = True
    entry_point: tuple[str, ...] | None = None
    command: tuple[str, ...] | None = None
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    secrets: Mapping[str, str] = field(default_factory=dict)
    ports: tuple[int, ...] = ()
    working_directory: str | None = None
    log: LogDestination | None = None
    health_check: HealthCheck | None = None
    dependencies: Mapping[str, Condition] = field(default_factory=dict)
    stop_seconds: float = STOP_SECONDS
    start_seconds: float = START_SECONDS
    confinement: Confinement = field(default_factory=Confinement)


@dataclass(frozen=True, kw_only=True)
class TaskPlan:
    """A task as it is to be run.

    Attributes:
        task_role, execution_role: ARNs.
        architecture: ``amd64`` or ``arm64``.
        containers: in the task definition's order.
    """

    family: str
    revision: int
    task_role: str | None
    execution_role: str | None
    architecture: str
    containers: tuple[ContainerPlan, ...]


def plan(
    definition: Definition, overrides: Definition, *, region: str, task: str, confines: bool
) -> TaskPlan:
    """What a task definition with RunTask's overrides comes to.

    Args:
        task: the task's id, which log streams are named after.
        confines: whether the runtime gives containers a user and a file system of their own.

    Raises:
        NotSupported: it asks for what the local cloud does not have.
    """
    unsupported = [*_unsupported_by_task(definition), *_unsupported_overrides(overrides)]
    for container in definition["containerDefinitions"]:
        unsupported.extend(_unsupported_by_container(container, confines=confines))
    if unsupported:
        raise NotSupported(f"The local cloud does not support {', '.join(unsupported)}.")
    by_name = {override["name"]: override for override in overrides.get("containerOverrides", [])}
    return TaskPlan(
        family=definition["family"],
        revision=definition["revision"],
        task_role=overrides.get("taskRoleArn") or definition.get("taskRoleArn"),
        execution_role=overrides.get("executionRoleArn") or definition.get("executionRoleArn"),
        architecture=_architecture(definition),
        containers=tuple(
            _container(
                container,
                override := by_name.get(container["name"], {}),
                confinement(definition, container, overrides, override),
                region=region,
                task=task,
            )
            for container in definition["containerDefinitions"]
        ),
    )


def this_machines_architecture() -> str:
    """``amd64``, ``arm64``, or what the system calls it."""
    machine = platform.machine().lower()
    return {"x86_64": "amd64", "aarch64": "arm64"}.get(machine, machine)


def _container(
    container: Definition,
    override: Definition,
    confined: Confinement,
    *,
    region: str,
    task: str,
) -> ContainerPlan:
    command = override.get("command") or container.get("command")
    return ContainerPlan(
        name=container["name"],
        image=container["image"],
        is_essential=container.get("essential", True),
        entry_point=_words(container.get("entryPoint")),
        command=_words(command),
        environment={**_environment(container), **_environment(override)},
        secrets={secret["name"]: secret["valueFrom"] for secret in container.get("secrets", [])},
        ports=tuple(mapping["containerPort"] for mapping in container.get("portMappings", [])),
        working_directory=container.get("workingDirectory"),
        log=_log(container, region=region, task=task),
        health_check=HealthCheck.read(container.get("healthCheck")),
        dependencies={
            dependency["containerName"]: Condition(dependency["condition"])
            for dependency in container.get("dependsOn", [])
        },
        stop_seconds=container.get("stopTimeout", STOP_SECONDS),
        start_seconds=container.get("startTimeout", START_SECONDS),
        confinement=confined,
    )


def _environment(definition: Definition) -> dict[str, str]:
    return {entry["name"]: entry.get("value", "") for entry in definition.get("environment", [])}


def _words(words: Sequence[str] | None) -> tuple[str, ...] | None:
    return tuple(words) if words else None


def _log(container: Definition, *, region: str, task: str) -> LogDestination | None:
    configuration = container.get("logConfiguration")
    if not configuration:
        return None
    options = configuration.get("options", {})
    return LogDestination(
        region=options.get("awslogs-region", region),
        group=options["awslogs-group"],
        stream=f"{options['awslogs-stream-prefix']}/{container['name']}/{task}",
        create_group=options.get("awslogs-create-group", "false").lower() == "true",
    )


def _architecture(definition: Definition) -> str:
    asked = definition.get("runtimePlatform", {}).get("cpuArchitecture", "X86_64")
    return {"X86_64": "amd64", "ARM64": "arm64"}[asked]


def _unsupported_by_task(definition: Definition) -> Iterator[str]:
    for name in ("proxyConfiguration", "pidMode", "ipcMode", "inferenceAccelerators"):
        if definition.get(name):
            yield name
    system = definition.get("runtimePlatform", {}).get("operatingSystemFamily", "LINUX")
    if system != "LINUX":
        yield f"the operating system {system}"


def _unsupported_overrides(overrides: Definition) -> Iterator[str]:
    if overrides.get("inferenceAcceleratorOverrides"):
        yield "inferenceAcceleratorOverrides"
    for override in overrides.get("containerOverrides", []):
        for name in ("environmentFiles", "resourceRequirements"):
            if override.get(name):
                yield f"{name} in an override of the container {override['name']}"


_UNSUPPORTED = (
    "credentialSpecs",
    "devices",
    "disableNetworking",
    "dnsSearchDomains",
    "dnsServers",
    "dockerSecurityOptions",
    "environmentFiles",
    "extraHosts",
    "firelensConfiguration",
    "hostname",
    "interactive",
    "links",
    "mountPoints",
    "privileged",
    "pseudoTerminal",
    "repositoryCredentials",
    "resourceRequirements",
    "systemControls",
    "volumesFrom",
)
_CONFINING = ("readonlyRootFilesystem", "user")
_LINUX_PARAMETERS = {"initProcessEnabled"}
"""Those that every runtime has: one that does not confine collects orphans in any case."""

_CONFINING_LINUX_PARAMETERS = {"capabilities"}

_LOG_OPTIONS = {
    "awslogs-create-group",
    "awslogs-group",
    "awslogs-region",
    "awslogs-stream-prefix",
    "max-buffer-size",
    "mode",
}
"""What is known of the log driver. The last two say what happens when CloudWatch is slow: it is not."""


def _unsupported_by_container(container: Definition, *, confines: bool) -> Iterator[str]:
    where = f"of the container {container['name']}"
    for name in _UNSUPPORTED if confines else sorted((*_UNSUPPORTED, *_CONFINING)):
        if container.get(name):
            yield f"{name} {where}"
    supported = _LINUX_PARAMETERS | (_CONFINING_LINUX_PARAMETERS if confines else set())
    for name, value in container.get("linuxParameters", {}).items():
        if value and name not in supported:
            yield f"linuxParameters.{name} {where}"
    if container.get("restartPolicy", {}).get("enabled"):
        yield f"restartPolicy {where}"
    yield from _unsupported_logging(container.get("logConfiguration") or {}, where)


def _unsupported_logging(configuration: Definition, where: str) -> Iterator[str]:
    if not configuration:
        return
    if configuration["logDriver"] != "awslogs":
        yield f"the log driver {configuration['logDriver']} {where}"
        return
    if configuration.get("secretOptions"):
        yield f"logConfiguration.secretOptions {where}"
    for name in sorted(set(configuration.get("options", {})) - _LOG_OPTIONS):
        yield f"the log option {name} {where}"
