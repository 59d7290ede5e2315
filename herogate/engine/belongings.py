"""What of an app lies outside of every stack: what its builds and releases have left.

Each kind is found by its name and can be found again, so a removal that was cut short is made anew.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from herogate.aws.codebuild import Builds
from herogate.aws.ecs_definitions import Definitions
from herogate.aws.logs import Logs
from herogate.aws.session import Session
from herogate.aws.ssm import Parameters
from herogate.models import Belonging
from stacks import names


@dataclass(frozen=True, kw_only=True)
class Lot:
    """All that an app has of one kind."""

    kind: Belonging
    found: Callable[[], list[str]]
    remove: Callable[[Sequence[str]], None]


def of_work(session: Session, app: str) -> tuple[Lot, ...]:
    """What is told of builds. It is found through their projects, so it goes before the app's stack."""
    builds = Builds(session)
    projects = (names.build_project(app), names.release_project(app))
    return tuple(
        Lot(kind=Belonging.BUILD, found=partial(builds.ids, project), remove=builds.delete)
        for project in projects
    )


def of_releases(session: Session, app: str) -> tuple[Lot, ...]:
    """What releases were made of; and log groups, should a late line have made one anew."""
    definitions, parameters, logs = Definitions(session), Parameters(session), Logs(session)
    family, path = names.task_family(app, ""), names.parameter_path(app)

    def all_definitions() -> list[str]:
        return [
            *definitions.of_families(family),
            *definitions.deregistered_of_families(family),
        ]

    def delete_definitions(arns: Sequence[str]) -> None:
        for arn in definitions.of_families(family):
            definitions.deregister(arn)
        definitions.delete(arns)

    def delete_groups(groups: Sequence[str]) -> None:
        for group in groups:
            logs.delete_group(group)

    return (
        Lot(
            kind=Belonging.CONFIG_VALUE,
            found=lambda: parameters.under(path),
            remove=parameters.delete,
        ),
        Lot(kind=Belonging.DEFINITION, found=all_definitions, remove=delete_definitions),
        Lot(
            kind=Belonging.RESOURCE,
            found=lambda: logs.groups(names.log_groups(app)),
            remove=delete_groups,
        ),
    )
