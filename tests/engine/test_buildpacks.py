"""The buildpacks that are set for an app, and what its builds are told of them."""

from __future__ import annotations

from typing import Any

import pytest
from local_cloud import LocalCloud

import buildspecs
from herogate import Platform
from herogate.errors import InvalidRequest, NotFound
from stacks import names


def build_project(aws: LocalCloud, app: str) -> Any:
    """What CodeBuild has of an app's builds."""
    codebuild = aws.client("codebuild", region_name="eu-west-1")
    return codebuild.batch_get_projects(names=[names.build_project(app)])["projects"][0]


def test_buildpacks_that_are_set_build_the_app_until_they_are_cleared(
    platform: Platform, aws: LocalCloud
) -> None:
    platform.apps.create("packed").wait()
    before = build_project(aws, "packed")
    assert platform.buildpacks.all("packed") == ()

    platform.buildpacks.set("packed", ["heroku/nodejs", "heroku/python"])
    assert platform.buildpacks.all("packed") == ("heroku/nodejs", "heroku/python")
    project = build_project(aws, "packed")
    assert project["source"]["buildspec"] == buildspecs.read("buildpacks")
    added = {
        "name": "HEROGATE_BUILDPACKS",
        "value": "heroku/nodejs heroku/python",
        "type": "PLAINTEXT",
    }
    told = before["environment"]["environmentVariables"]
    assert project["environment"]["environmentVariables"] == [*told, added]

    platform.buildpacks.set("packed", [])
    after = build_project(aws, "packed")
    assert (after["source"], after["environment"]) == (before["source"], before["environment"])


def test_what_cannot_be_a_buildpack_or_an_app_is_refused(platform: Platform) -> None:
    with pytest.raises(InvalidRequest, match=r"^'--path' cannot be a buildpack\.$"):
        platform.buildpacks.set("packed", ["--path"])
    with pytest.raises(NotFound):
        platform.buildpacks.set("no-such-app", ["heroku/python"])
    with pytest.raises(NotFound):
        platform.buildpacks.all("no-such-app")
