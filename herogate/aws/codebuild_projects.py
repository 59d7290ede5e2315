"""CodeBuild's projects: what their builds are told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from herogate.aws.session import Session


class Projects:
    """The build projects of a region."""

    def __init__(self, session: Session) -> None:
        self._service = session.service("codebuild")

    def variables(self, name: str) -> Mapping[str, str] | None:
        """The plain variables of a project's builds; None if there is no such project."""
        project = self._project(name)
        return None if project is None else _plain(project)

    def change(self, name: str, *, buildspec: str, variables: Mapping[str, str]) -> bool:
        """Have the builds of a project run other commands, with these variables besides the others.

        An empty value takes its variable away. Builds under way are not touched.

        Returns:
            whether there is such a project.
        """
        project = self._project(name)
        if project is None:
            return False
        environment = project["environment"]
        others = [
            each for each in environment["environmentVariables"] if each["name"] not in variables
        ]
        added = [
            {"name": key, "value": value, "type": "PLAINTEXT"}
            for key, value in variables.items()
            if value
        ]
        self._service.call(
            "update_project",
            name=name,
            source={**project["source"], "buildspec": buildspec},
            environment={**environment, "environmentVariables": [*others, *added]},
        )
        return True

    def _project(self, name: str) -> Mapping[str, Any] | None:
        found = self._service.call("batch_get_projects", names=[name])["projects"]
        return found[0] if found else None


def _plain(project: Mapping[str, Any]) -> Mapping[str, str]:
    return {
        each["name"]: each["value"]
        for each in project["environment"]["environmentVariables"]
        if each.get("type", "PLAINTEXT") == "PLAINTEXT"
    }
