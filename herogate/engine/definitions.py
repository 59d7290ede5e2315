"""What a process of a release is: its command, its environment, its size. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from herogate.aws.ecs_definitions import Definition
from herogate.engine import procfile
from herogate.engine.images import BUILDPACKS_PROCESSES
from herogate.engine.process_types import ONE_OFF, RELEASE_PROCESS, SCHEDULED, WEB
from herogate.engine.site import Site
from herogate.engine.sizes import capacity as capacity_of
from herogate.models import ProcessType, Release, Slug
from stacks import names

DEFAULT_PORT = 8080
"""Where a web process listens if its image does not say."""

_LAUNCHER = ("/cnb/lifecycle/launcher", "--")
"""Starts the words that follow, as they are, with what buildpacks have installed at hand."""

_SHELL = ("/bin/sh", "-c")
_NOTHING = ("true",)
_ALIVE = "exit 0"
"""A process that ends takes its container along: that its container can run this says that it lives."""


def port(slug: Slug) -> int:
    """The port on which a slug's web processes are to listen."""
    return slug.port or DEFAULT_PORT


def health_check_path(slug: Slug | None, site: Site) -> str:
    """What a slug's web processes are asked for to see whether they live."""
    own = None if slug is None else slug.health_check_path
    return own or site.health_check_path


def definition(release: Release, slug: Slug, process_type: str, site: Site) -> Definition:
    """What a process of one type of a release is; ``run`` and ``release`` are types here too."""
    kind = _kind(release, slug, process_type)
    entry_point, command = _started(slug, process_type, kind.command)
    capacity = capacity_of(kind.size)
    is_web = process_type == WEB
    return Definition(
        family=names.task_family(site.app, process_type),
        process_type=process_type,
        image=f"{site.image_repository_uri}@{slug.image_digest}",
        architecture=slug.architecture,
        cpu_units=capacity.cpu_units,
        memory_mib=capacity.memory_mib,
        execution_role_arn=site.execution_role_arn,
        task_role_arn=site.task_role_arn,
        log_group=site.log_group,
        stop_seconds=kind.stop_seconds,
        # Somebody reads every line of these; of the others requests are worth more than lines.
        keeps_output=process_type in {ONE_OFF, RELEASE_PROCESS},
        entry_point=entry_point,
        command=command,
        port=port(slug) if is_web else None,
        health_command=_health_command(release, slug, process_type),
        environment={
            **{name: "" for name, parameter in release.config.items() if not parameter},
            **({"PORT": str(port(slug))} if is_web else {}),
        },
        secrets={name: parameter for name, parameter in release.config.items() if parameter},
        tags={
            names.APP_TAG: site.app,
            names.SPACE_TAG: site.space,
            names.RELEASE_TAG: str(release.number),
        },
    )


def scheduled(release: Release, slug: Slug, site: Site) -> Definition:
    """What the schedules of an app run, each with a command of its own."""
    return replace(
        definition(release, slug, ONE_OFF, site),
        family=names.scheduled_family(site.app),
        process_type=SCHEDULED,
    )


def _kind(release: Release, slug: Slug, process_type: str) -> ProcessType:
    if process_type == RELEASE_PROCESS:
        return ProcessType(command=slug.process_types[RELEASE_PROCESS])
    return release.formation.get(process_type, ProcessType(command=None))


def _started(
    slug: Slug, process_type: str, command: str | None
) -> tuple[Sequence[str] | None, Sequence[str] | None]:
    """Entry point and command; None for the image's own."""
    if process_type == ONE_OFF and slug.shell:
        # A one-off can say another command only: the image's entry point would swallow it.
        return _launched(slug, _SHELL), _NOTHING
    if command is None:
        return None, None
    entry_point, rest = procfile.command(command, shell=slug.shell)
    is_launched = command.startswith(BUILDPACKS_PROCESSES)
    return (entry_point if is_launched else _launched(slug, entry_point)), rest


def _launched(slug: Slug, entry_point: Sequence[str]) -> Sequence[str]:
    """Behind buildpacks' launcher, where the image has one: a program finds nothing without it."""
    return (*_LAUNCHER, *entry_point) if slug.launcher else entry_point


def _health_command(release: Release, slug: Slug, process_type: str) -> str | None:
    """For what no load balancer asks: without it ECS waits 40 seconds before it calls it healthy."""
    is_asked = process_type == WEB or process_type not in release.formation
    return None if is_asked or not slug.shell else _ALIVE
