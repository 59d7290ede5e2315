"""What an app must be, whatever its template looks like in full."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from stacks_cases import (
    ACCOUNT,
    APPS,
    PORT_APP,
    REGION,
    SPACES,
    resolved,
    resources,
    templates,
)

from stacks import app, names, places
from stacks.outputs import AppOutput as Output

ELB = "AWS::ElasticLoadBalancingV2"
LONGEST = "a" * names.APP_NAME_LIMITS[1]


def one(name: str, kind: str) -> dict[str, Any]:
    """The properties of the only resource of a type."""
    (properties,) = resources(app.template(APPS[name]), kind).values()
    assert isinstance(properties, dict)
    return properties


def told(name: str, output: Output) -> Any:
    """An output's value."""
    return resolved(app.template(APPS[name]).to_dict()["Outputs"][output]["Value"])


@pytest.mark.parametrize("name", APPS)
def test_an_app_tells_all_outputs(name: str) -> None:
    outputs = app.template(APPS[name]).to_dict()["Outputs"]
    nothing = set() if APPS[name].key_arn else {Output.KEY_ARN}
    assert set(outputs) == {str(output) for output in Output} - nothing


def test_the_web_url_follows_the_address() -> None:
    assert told("app-at-port", Output.WEB_URL) == (
        "http://herogate-default-1-1234567890.us-east-1.elb.amazonaws.com:8001"
    )
    assert told("app-at-host", Output.WEB_URL) == "https://my-shop.apps.example.com"


def test_at_a_port_the_listener_forwards_and_the_page_stands_in_front_of_all() -> None:
    listener = one("app-at-port", f"{ELB}::Listener")
    page = one("app-at-port", f"{ELB}::ListenerRule")
    assert (listener["Port"], listener["DefaultActions"]) == (
        8001,
        [{"Type": "forward", "TargetGroupArn": {"Ref": "TargetGroup"}}],
    )
    assert (page["ListenerArn"], page["Priority"]) == ({"Ref": "Listener"}, 1)
    assert page["Conditions"] == [
        {"Field": "path-pattern", "PathPatternConfig": {"Values": ["/*"]}}
    ]


def test_at_a_host_a_rule_forwards_and_the_page_comes_before_it() -> None:
    template = app.template(APPS["app-at-host"])
    rules = resources(template, f"{ELB}::ListenerRule")
    host = [{"Field": "host-header", "HostHeaderConfig": {"Values": ["my-shop.apps.example.com"]}}]
    assert resources(template, f"{ELB}::Listener") == {}
    assert {name: (rule["Priority"], rule["Conditions"]) for name, rule in rules.items()} == {
        "HostRule": (25_003, host),
        "PageRule": (3, host),
    }
    assert rules["HostRule"]["Actions"] == [
        {"Type": "forward", "TargetGroupArn": {"Ref": "TargetGroup"}}
    ]


def test_no_two_places_on_a_listener_share_a_priority_and_all_are_allowed() -> None:
    pages, ways = places.PRIORITIES, [place + 25_000 for place in places.PRIORITIES]
    assert set(pages).isdisjoint(ways)
    assert (min(pages), max(ways)) == (1, 50_000)


@pytest.mark.parametrize("name", ["app-at-port", "app-at-host"])
def test_the_page_says_that_nothing_is_here_yet_and_names_the_app(name: str) -> None:
    spec = replace(APPS[name], app=LONGEST)
    page = resources(app.template(spec), f"{ELB}::ListenerRule")["PageRule"]["Actions"][0]
    answer = page["FixedResponseConfig"]
    assert (answer["StatusCode"], answer["ContentType"]) == ("200", "text/html")
    assert f"<h1>{LONGEST}</h1>" in answer["MessageBody"]
    assert "nothing here yet" in answer["MessageBody"]
    assert len(answer["MessageBody"]) <= 1024


def test_the_space_record_is_enough_unless_the_app_sits_elsewhere() -> None:
    assert resources(app.template(APPS["app-at-host"]), "AWS::Route53::RecordSet") == {}
    record = one("app-at-host-with-record", "AWS::Route53::RecordSet")
    assert (record["Name"], record["AliasTarget"]) == (
        "my-shop.apps.example.com",
        {"DNSName": PORT_APP.load_balancer_dns_name, "HostedZoneId": "Z35SXDOTRQ7X7K"},
    )


def test_a_process_is_known_alive_or_dead_quickly_and_let_go_in_half_a_minute() -> None:
    group = one("app-at-port", f"{ELB}::TargetGroup")
    assert group["HealthCheckTimeoutSeconds"] < group["HealthCheckIntervalSeconds"] == 5
    assert (group["HealthyThresholdCount"], group["Matcher"]) == (2, {"HttpCode": "200-499"})
    assert group["TargetGroupAttributes"] == [
        {"Key": "deregistration_delay.timeout_seconds", "Value": "30"}
    ]


def test_a_tag_of_an_image_stays_but_the_caches() -> None:
    repository = one("app-at-port", "AWS::ECR::Repository")
    assert repository["ImageTagMutability"] == "IMMUTABLE_WITH_EXCLUSION"
    assert repository["ImageTagMutabilityExclusionFilters"] == [
        {
            "ImageTagMutabilityExclusionFilterType": "WILDCARD",
            "ImageTagMutabilityExclusionFilterValue": "cache*",
        }
    ]
    assert repository["ImageScanningConfiguration"] == {"ScanOnPush": True}
    assert repository["EncryptionConfiguration"] == {"EncryptionType": "KMS"}


def test_only_images_without_a_tag_expire_since_whatever_can_run_has_one() -> None:
    policy = one("app-at-port", "AWS::ECR::Repository")["LifecyclePolicy"]["LifecyclePolicyText"]
    assert [rule["selection"]["tagStatus"] for rule in json.loads(policy)["rules"]] == ["untagged"]


def test_neither_project_reads_a_buildspec_from_the_repository() -> None:
    projects = resources(app.template(PORT_APP), "AWS::CodeBuild::Project")
    assert {name: project["Source"] for name, project in projects.items()} == {
        "BuildProject": {"Type": "CODEPIPELINE", "BuildSpec": PORT_APP.build_buildspec},
        "ReleaseProject": {"Type": "NO_SOURCE", "BuildSpec": PORT_APP.release_buildspec},
    }


def test_only_the_build_is_privileged_and_the_two_have_two_roles() -> None:
    projects = resources(app.template(PORT_APP), "AWS::CodeBuild::Project")
    assert {
        name: (project["Environment"]["PrivilegedMode"], project["ServiceRole"])
        for name, project in projects.items()
    } == {
        f"{purpose.capitalize()}Project": (
            purpose == "build",
            f"arn:aws:iam::{ACCOUNT}:role/herogate--my-shop--{purpose}--{REGION}",
        )
        for purpose in ("build", "release")
    }


def test_the_codepipeline_clones_does_not_poll_and_passes_the_commit_alone() -> None:
    pipeline = one("app-at-host-with-record", "AWS::CodePipeline::Pipeline")
    source, build, release = (stage["Actions"][0] for stage in pipeline["Stages"])
    assert (pipeline["PipelineType"], pipeline["ExecutionMode"]) == ("V2", "SUPERSEDED")
    assert source["Configuration"] == {
        "RepositoryName": {"Fn::GetAtt": ["Repository", "Name"]},
        "BranchName": "release/candidate",
        "OutputArtifactFormat": "CODEBUILD_CLONE_REF",
        "PollForSourceChanges": "false",
    }
    for action in (build, release):
        assert json.loads(action["Configuration"]["EnvironmentVariables"]) == [
            {"name": "HEROGATE_COMMIT", "value": "#{source.CommitId}", "type": "PLAINTEXT"}
        ]


def test_artifacts_names_are_short_enough_to_stay_whole_in_the_buckets_keys() -> None:
    stages = one("app-at-port", "AWS::CodePipeline::Pipeline")["Stages"]
    artifacts = [
        artifact["Name"]
        for stage in stages
        for action in stage["Actions"]
        for artifact in action.get("OutputArtifacts", [])
    ]
    assert artifacts == ["source", "build"]
    assert max(map(len, artifacts)) <= 10


def test_a_push_to_the_branch_starts_the_codepipeline() -> None:
    rule = resources(app.template(PORT_APP), "AWS::Events::Rule")["PushRule"]
    assert rule["EventPattern"]["detail"] == {
        "event": ["referenceCreated", "referenceUpdated"],
        "referenceType": ["branch"],
        "referenceName": ["main"],
    }
    assert rule["Targets"] == [
        {
            "Id": "codepipeline",
            "Arn": f"arn:aws:codepipeline:{REGION}:{ACCOUNT}:${{Pipeline}}",
            "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/herogate--my-shop--events--{REGION}",
        }
    ]


def test_a_release_that_a_command_of_this_app_begins_with_is_settled() -> None:
    rule = resources(app.template(PORT_APP), "AWS::Events::Rule")["SettleRule"]
    (target,) = rule["Targets"]
    begun, _ = rule["EventPattern"]["$or"]
    assert begun == {
        "source": ["herogate"],
        "detail-type": ["Release Begun"],
        "detail": {"app": ["my-shop"]},
    }
    assert json.loads(target["Input"]) == {
        "environmentVariablesOverride": [
            {"name": "HEROGATE_STEP", "value": "settle", "type": "PLAINTEXT"}
        ]
    }


def test_a_releasing_build_that_was_cut_off_settles_its_release_and_one_that_settles_does_not() -> (
    None
):
    rule = resources(app.template(PORT_APP), "AWS::Events::Rule")["SettleRule"]
    _, cut_off = rule["EventPattern"]["$or"]
    assert cut_off == {
        "source": ["aws.codebuild"],
        "detail-type": ["CodeBuild Build State Change"],
        "detail": {
            "project-name": [names.release_project("my-shop")],
            "build-status": ["FAULT", "STOPPED", "TIMED_OUT"],
            "additional-information": {"initiator": [{"prefix": "codepipeline/"}]},
        },
    }


@pytest.mark.parametrize("name", templates())
def test_whatever_can_carry_tags_says_what_it_belongs_to(name: str) -> None:
    template = templates()[name]
    expected = {"herogate:space": "default"}
    if name not in SPACES:
        expected["herogate:app"] = "my-shop"
    tagged = {
        title: {tag["Key"]: tag["Value"] for tag in resource.to_dict()["Properties"]["Tags"]}
        for title, resource in template.resources.items()
        if "Tags" in resource.props
    }
    assert tagged == dict.fromkeys(tagged, expected)


def test_a_newer_package_changes_the_projects_and_who_may_read_it_and_never_the_page() -> None:
    newer = replace(PORT_APP, package_key=names.package_key("9.9.9", "fedcba9876543210"))
    before = app.template(PORT_APP).to_dict()["Resources"]
    after = app.template(newer).to_dict()["Resources"]
    assert {name for name in before if before[name] != after[name]} == {
        "BuildProject",
        "BuildRole",
        "ReleaseProject",
        "ReleaseRole",
    }


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"app": "My-Shop"}, "upper-case letter"),
        ({"space": "a" * 21}, "21 characters"),
        ({"log_retention_days": 8}, "8"),
    ],
)
def test_an_app_that_cannot_be_is_refused(change: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        app.template(replace(PORT_APP, **change))


@pytest.mark.parametrize("port", [80, 8000, 10_401])
def test_a_port_outside_the_range_is_refused(port: int) -> None:
    with pytest.raises(ValueError, match=f"8001 to 10400, not {port}"):
        places.PortAddress(port=port)


@pytest.mark.parametrize("priority", [0, 25_001])
def test_a_place_outside_the_range_is_refused(priority: int) -> None:
    with pytest.raises(ValueError, match=f"1 to 25000, not {priority}"):
        places.HostAddress(host="a.example.com", listener_arn="arn", priority=priority)
