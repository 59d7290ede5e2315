"""Apps that become others, and changes that are looked at only."""

from __future__ import annotations

from typing import Any

import pytest
from local_cloud import LocalCloud

from herogate import (
    ChangeKind,
    InvalidRequest,
    NameTaken,
    NotFound,
    Platform,
    ResourceChange,
    UpdateFailed,
)


def described(aws: LocalCloud, app: str) -> dict[str, Any]:
    cloudformation = aws.client("cloudformation", region_name="eu-west-1")
    (stack,) = cloudformation.describe_stacks(StackName=f"herogate-app--{app}")["Stacks"]
    return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}


def health(aws: LocalCloud, app: str) -> dict[str, Any]:
    elbv2 = aws.client("elbv2", region_name="eu-west-1")
    (group,) = elbv2.describe_target_groups(Names=[f"hg-{app}"])["TargetGroups"]
    return {
        "path": group["HealthCheckPath"],
        "codes": group["Matcher"]["HttpCode"],
        "interval": group["HealthCheckIntervalSeconds"],
    }


def test_a_creation_that_is_only_looked_at_takes_no_place_and_leaves_the_name_free(
    platform: Platform, aws: LocalCloud
) -> None:
    told = platform.apps.creation_changes("my-shop")
    assert told.stack == "herogate-app--my-shop"
    assert {change.kind for change in told.changes} == {ChangeKind.ADD}
    assert platform.apps.all() == []
    assert platform.spaces.ledger(platform.spaces.stack("default")).apps() == {}
    with pytest.raises(NotFound):
        platform.apps.info("my-shop")
    platform.apps.create("my-shop").wait()
    with pytest.raises(NameTaken):
        platform.apps.creation_changes("my-shop")


def test_an_app_is_made_as_asked_and_only_what_is_asked_becomes_otherwise(
    platform: Platform, aws: LocalCloud
) -> None:
    platform.apps.create(
        "my-shop", health_check_path="/up", health_check_matcher="200", build_architecture="x86_64"
    ).wait()
    assert health(aws, "my-shop") == {"path": "/up", "codes": "200", "interval": 5}
    before = described(aws, "my-shop")
    page = before["PageRuleArn"]
    aws.client("elbv2", region_name="eu-west-1").modify_rule(
        RuleArn=page,
        Actions=[{"Type": "forward", "TargetGroupArn": before["TargetGroupArn"]}],
    )

    with platform.apps.update(
        "my-shop", health_check_interval_seconds=10, git_branch="trunk"
    ) as proposal:
        assert (
            ResourceChange(
                kind=ChangeKind.MODIFY,
                resource="TargetGroup",
                type="AWS::ElasticLoadBalancingV2::TargetGroup",
                properties=(
                    "HealthCheckIntervalSeconds",
                    "HealthCheckTimeoutSeconds",
                    "UnhealthyThresholdCount",
                ),
            )
            in proposal.changes.changes
        )
        assert described(aws, "my-shop") == before
        app = proposal.apply().wait()
    assert app.git_branch == "trunk"
    assert health(aws, "my-shop") == {"path": "/up", "codes": "200", "interval": 10}
    after = described(aws, "my-shop")
    assert {name for name in after if after[name] != before[name]} == {
        "GitBranch",
        "HealthCheckIntervalSeconds",
    }
    (rule,) = aws.client("elbv2", region_name="eu-west-1").describe_rules(RuleArns=[page])["Rules"]
    assert rule["Actions"][0]["Type"] == "forward"


def test_builds_run_on_the_machine_that_was_asked_for(platform: Platform, aws: LocalCloud) -> None:
    platform.apps.create("my-shop").wait()
    codebuild = aws.client("codebuild", region_name="eu-west-1")

    def machines() -> set[tuple[str, str]]:
        names = ["herogate--my-shop--build", "herogate--my-shop--release"]
        found = codebuild.batch_get_projects(names=names)["projects"]
        return {(each["environment"]["type"], each["environment"]["image"]) for each in found}

    assert machines() == {("ARM_CONTAINER", "aws/codebuild/amazonlinux-aarch64-standard:3.0")}
    with platform.apps.update("my-shop", build_architecture="x86_64") as proposal:
        proposal.apply().wait()
    assert machines() == {("LINUX_CONTAINER", "aws/codebuild/amazonlinux-x86_64-standard:5.0")}


def test_buildpacks_that_were_set_stay_set(platform: Platform) -> None:
    platform.apps.create("my-shop").wait()
    platform.buildpacks.set("my-shop", ["heroku/nodejs", "heroku/python"])
    with platform.apps.update("my-shop", build_compute="BUILD_GENERAL1_LARGE") as proposal:
        proposal.apply().wait()
    assert platform.buildpacks.all("my-shop") == ("heroku/nodejs", "heroku/python")
    with platform.apps.update("my-shop", build_compute="BUILD_GENERAL1_MEDIUM") as shown:
        platform.buildpacks.set("my-shop", ["heroku/go"])
        shown.apply().wait()
    assert platform.buildpacks.all("my-shop") == ("heroku/go",)


def test_buildpacks_stay_set_through_an_update_that_is_taken_back(
    platform: Platform, aws: LocalCloud
) -> None:
    platform.apps.create("my-shop").wait()
    platform.buildpacks.set("my-shop", ["heroku/python"])
    codebuild = aws.client("codebuild", region_name="eu-west-1")
    codebuild.delete_project(name="herogate--my-shop--release")
    with (
        platform.apps.update("my-shop", build_architecture="x86_64") as proposal,
        pytest.raises(UpdateFailed, match="AWS could not change my-shop: ReleaseProject"),
    ):
        proposal.apply().wait()
    (build,) = codebuild.batch_get_projects(names=["herogate--my-shop--build"])["projects"]
    assert build["environment"]["type"] == "ARM_CONTAINER"
    assert platform.buildpacks.all("my-shop") == ("heroku/python",)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"health_check_path": "up"}, "begins with a slash"),
        ({"health_check_matcher": "500"}, "from 200 to 499"),
        ({"health_check_interval_seconds": 4}, "every 5 to 300 seconds, not 4"),
        ({"deregistration_delay_seconds": 3601}, "0 to 3,600 seconds more, not 3,601"),
        ({"build_compute": "HUGE"}, "'HUGE' is not a valid BuildCompute"),
        ({"git_branch": "HEAD"}, "'HEAD' cannot be the name of a branch."),
    ],
)
def test_an_option_that_aws_would_not_take_is_refused_at_once(
    platform: Platform, change: Any, why: str
) -> None:
    with pytest.raises(InvalidRequest, match=why):
        platform.apps.create("my-shop", **change)
    assert platform.apps.all() == []


def test_an_app_that_is_not_there_cannot_become_another(platform: Platform) -> None:
    with pytest.raises(NotFound):
        platform.apps.update("no-shop")
