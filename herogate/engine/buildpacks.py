"""The buildpacks that were set for an app: they build it from the next push on, whatever else it has.

They are a variable of the app's build project. Where none are set, a Dockerfile builds the app or,
without one, buildpacks that find themselves.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from herogate.aws.codebuild_projects import Projects
from herogate.aws.session import Session
from herogate.engine import app_spec
from herogate.engine.app_names import checked
from herogate.errors import InvalidRequest, NotFound
from stacks import names
from stacks.app_options import BUILDPACKS

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/:@+-]{0,299}")
_MOST = 20


def buildable(buildpacks: Sequence[str]) -> tuple[str, ...]:
    """Buildpacks as they are. Raises `InvalidRequest` for what cannot be the name or address of one."""
    for name in buildpacks:
        if not _NAME.fullmatch(name):
            raise InvalidRequest(
                f"{name!r} cannot be a buildpack.",
                "Name one as heroku/python, or by its address.",
            )
    if len(buildpacks) > _MOST:
        raise InvalidRequest(f"An app has {_MOST} buildpacks at most.")
    return tuple(buildpacks)


class Buildpacks:
    """The buildpacks of a region's apps."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._projects = Projects(session)

    def all(self, app: str) -> tuple[str, ...]:
        """The buildpacks of an app in their order; none if they find themselves. Raises `NotFound`."""
        variables = self._projects.variables(names.build_project(checked(app)))
        if variables is None:
            raise NotFound.app(app, self._session.region)
        return tuple(variables.get(BUILDPACKS, "").split())

    def set(self, app: str, buildpacks: Sequence[str]) -> None:
        """Set the buildpacks of an app; none for those that find themselves, if it has no Dockerfile.

        Raises:
            InvalidRequest: one of them cannot be a buildpack's name or address.
            NotFound: no such app.
        """
        buildable(buildpacks)
        is_there = self._projects.change(
            names.build_project(checked(app)),
            buildspec=app_spec.build_buildspec(buildpacks),
            variables={BUILDPACKS: " ".join(buildpacks)},
        )
        if not is_there:
            raise NotFound.app(app, self._session.region)
