"""The stacks that the tests look at, by name: every option of a spec is in one of them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from troposphere import Template

import buildspecs
from stacks import app, formation, names, places, space
from stacks.app_options import BuildArchitecture, BuildCompute, Options

ACCOUNT = "123456789012"
REGION = "us-east-1"
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/bounded"

_PSEUDO_PARAMETERS = {"Partition": "aws", "Region": REGION, "AccountId": ACCOUNT}
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1b2c3d4e-0000-4000-8000-0123456789ab"
ZONE = "Z0123456789ABCDEFGHIJ"
CERTIFICATE = f"arn:aws:acm:{REGION}:{ACCOUNT}:certificate/1b2c"
DOMAIN = "apps.example.com"
_BALANCER = "app/herogate-default-1/50dc6c495c0c9188"
_LISTENER = f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:listener/{_BALANCER}/f2f7dc8efc522ab2"


def stack_id(name: str) -> str:
    """What CloudFormation calls a stack of a name, which no other of that name will be called."""
    made = "50dc6c495c0c9188"
    return f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/{name}/{made}"


PLAIN_SPACE = space.Spec(space="default", version="0.1.0")

SPACES = {
    "space": PLAIN_SPACE,
    "space-with-domain": replace(PLAIN_SPACE, domain=DOMAIN),
    "space-with-hosted-zone": replace(
        PLAIN_SPACE, domain=DOMAIN, hosted_zone_id=ZONE, load_balancers=2
    ),
    "space-with-certificate": replace(
        PLAIN_SPACE,
        domain=DOMAIN,
        certificate_arn=CERTIFICATE,
        permissions_boundary=BOUNDARY,
        customer_key=False,
        cidr="172.20.0.0/20",
        availability_zones=3,
    ),
    "space-private": replace(
        PLAIN_SPACE,
        private=True,
        availability_zones=3,
        log_retention_days=365,
        deletion_protection=True,
        container_insights=space.Insights.ENHANCED,
    ),
}

PORT_APP = app.Spec(
    app="my-shop",
    space="default",
    space_stack_id=stack_id(names.space_stack("default")),
    vpc_id="vpc-0123456789abcdef0",
    load_balancer_arn=f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:loadbalancer/{_BALANCER}",
    load_balancer_dns_name=f"herogate-default-1-1234567890.{REGION}.elb.amazonaws.com",
    cluster_name=names.cluster("default"),
    bucket=names.bucket("default", ACCOUNT, REGION),
    ledger_table=names.ledger_table("default"),
    address=places.PortAddress(port=8001),
    git_branch="main",
    build_buildspec=buildspecs.read("dockerfile"),
    release_buildspec=buildspecs.read("release"),
    package_key=names.package_key("0.1.0", "0123456789abcdef"),
    key_arn=KEY,
)

_HOST = places.HostAddress(host=f"my-shop.{DOMAIN}", listener_arn=_LISTENER, priority=3)

APPS = {
    "app-at-port": PORT_APP,
    "app-at-host": replace(PORT_APP, address=_HOST, key_arn=None),
    "app-at-host-with-record": replace(
        PORT_APP,
        address=replace(
            _HOST,
            alias=places.HostAlias(hosted_zone_id=ZONE, load_balancer_zone_id="Z35SXDOTRQ7X7K"),
        ),
        permissions_boundary=BOUNDARY,
        options=Options(
            health_check_path="/health?deep=1",
            health_check_matcher="200,301",
            health_check_interval_seconds=15,
            deregistration_delay_seconds=5,
            build_compute=BuildCompute.LARGE,
            build_architecture=BuildArchitecture.X86_64,
        ),
        log_retention_days=7,
        git_branch="release/candidate",
        build_buildspec=buildspecs.read("buildpacks"),
        buildpacks=("heroku/nodejs", "heroku/python"),
    ),
}

WEB = formation.Birth(
    app="my-shop",
    space="default",
    process_type="web",
    cluster=names.cluster("default"),
    task_definition_arn=f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/herogate--my-shop--web:1",
    subnet_ids=("subnet-0123456789abcdef0", "subnet-0123456789abcdef1"),
    security_group_id="sg-0123456789abcdef0",
    entrance=formation.Entrance(
        target_group_arn=(
            f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:targetgroup/hg-my-shop/50dc6c495c0c9188"
        ),
        port=8080,
    ),
)
WORKER = replace(WEB, process_type="mail_worker-2", entrance=None)

FORMATIONS = {
    "formation": formation.Spec(
        app="my-shop",
        space="default",
        entries={birth.process_type: formation.entry(birth) for birth in (WEB, WORKER)},
    )
}


def templates() -> dict[str, Template]:
    """Every case's template, by the case's name."""
    described = {name: space.template(spec) for name, spec in SPACES.items()}
    described |= {name: app.template(spec) for name, spec in APPS.items()}
    return described | {name: formation.template(spec) for name, spec in FORMATIONS.items()}


def told(template: Template) -> dict[str, str]:
    """What a stack of a template tells, by the outputs; of what only AWS knows, that it is there."""
    outputs = template.to_dict()["Outputs"]
    return {name: _value(output["Value"]) for name, output in outputs.items()}


def _value(value: Any) -> str:
    match value:
        case str():
            return value
        case {"Fn::Join": [str(between), [*parts]]}:
            return between.join(map(_value, parts))
        case _:
            return "known-to-aws"


def resources(template: Template, kind: str) -> dict[str, Any]:
    """The properties of a template's resources of one type, by logical id, as in `ACCOUNT`, `REGION`."""
    whole = template.to_dict()["Resources"]
    return {
        title: resource.get("Properties", {})
        for title, resource in resolved(whole, arns(whole)).items()
        if resource["Type"] == kind
    }


def policies(template: Template) -> dict[str, dict[str, Any]]:
    """What each role of a template is granted: its policies by their names, whatever declares them."""
    granted: dict[str, dict[str, Any]] = {}
    for role, properties in resources(template, "AWS::IAM::Role").items():
        own = properties.get("Policies", [])
        granted[role] = {policy["PolicyName"]: policy["PolicyDocument"] for policy in own}
    for policy in resources(template, "AWS::IAM::Policy").values():
        for role in (named["Ref"] for named in policy["Roles"]):
            assert policy["PolicyName"] not in granted[role]
            granted[role][policy["PolicyName"]] = policy["PolicyDocument"]
    return granted


def page_rule_arn(app: str) -> str:
    """What the load balancer calls the page rule of an app with a port of its own."""
    made = hashlib.sha256(app.encode()).hexdigest()[:16]
    listener = _LISTENER.rpartition("/")[0].replace(":listener/", ":listener-rule/")
    return f"{listener}/{made}/{made}"


def arns(declared: Mapping[str, Any]) -> dict[str, str]:
    """What the attributes are that policies refer to, of resources as a template declares them.

    Whose stack it is, its log groups' names tell.
    """
    place = f"{REGION}:{ACCOUNT}"
    found = {}
    for title, resource in declared.items():
        match resource["Type"], resource.get("Properties"):
            case "AWS::Logs::LogGroup", {"LogGroupName": name}:
                found[f"{title}.Arn"] = f"arn:aws:logs:{place}:log-group:{name}:*"
                found["AWS::StackId"] = stack_id(names.app_stack(name.split("/")[2]))
            case "AWS::ElasticLoadBalancingV2::TargetGroup", {"Name": name}:
                arn = f"arn:aws:elasticloadbalancing:{place}:targetgroup/{name}/50dc6c495c0c9188"
                found[f"{title}.TargetGroupArn"] = arn
            case "AWS::ElasticLoadBalancingV2::ListenerRule", {"Tags": tags} if title == "PageRule":
                app_named = next(tag["Value"] for tag in tags if tag["Key"] == names.APP_TAG)
                found[title] = page_rule_arn(app_named)
            case "AWS::IAM::Role", {"RoleName": name}:
                found[f"{title}.Arn"] = f"arn:aws:iam::{ACCOUNT}:role/{resolved(name)}"
    return found


def resolved(value: Any, attributes: Mapping[str, str] = {}) -> Any:
    """A template's value with every ``Fn::Sub`` of pseudo parameters done.

    Args:
        attributes: those that are known, as in ``AppLogGroup.Arn``, and what a stack calls itself.
    """
    match value:
        case {"Fn::GetAtt": [title, name]} if f"{title}.{name}" in attributes:
            return attributes[f"{title}.{name}"]
        case {"Ref": str(name)} if name in attributes:
            return attributes[name]
        case {"Fn::Sub": str(text)}:
            for name, told in _PSEUDO_PARAMETERS.items():
                text = text.replace(f"${{AWS::{name}}}", told)
            return text
        case dict():
            return {key: resolved(item, attributes) for key, item in value.items()}
        case list():
            return [resolved(item, attributes) for item in value]
        case _:
            return value
